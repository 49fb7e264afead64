import type { Chance } from './chance';

/** What I2_session_id takes a session id modulo of. */
const SESSION_IDS_MAX = 1024;

/** One whose residue is not taken yet; takes it. */
export function someSessionId(chance: Chance, residues: Set<number>): string {
  for (;;) {
    const id = uuid(chance);
    const residue = fnv1a(id) % SESSION_IDS_MAX;
    if (residues.has(residue)) continue;
    residues.add(residue);
    return id;
  }
}

/** Version 4, as players make them. */
export function uuid(chance: Chance): string {
  const hex = (digits: number) =>
    chance
      .int(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(6)}${hex(6)}`;
}

/** FNV-1a, 32 bits. Ids are plain ASCII. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  }
  return hash >>> 0;
}
