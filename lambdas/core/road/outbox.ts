import { ByteReader, ByteWriter } from '../audience/byte-stream';
import type { ViewsUpdate } from './ports';

/**
 * The counter changes of one version of a lane, saved with it and published after it, as bytes, version 1:
 *
 *   'T' 'N' 'O', version (1 byte)
 *   count updates, each: text pk, text sk, byte fenced, count expiresAtSeconds,
 *     count adds, each: text attribute, signed delta
 *     count sets, each: text attribute, byte 0 and count value, or byte 1 and text value
 *
 * No update at all is no bytes.
 */
const MAGIC = [0x54, 0x4e, 0x4f, 1] as const;

export function encodeOutbox(updates: readonly ViewsUpdate[]): Uint8Array {
  if (updates.length === 0) return new Uint8Array(0);
  const out = new ByteWriter();
  for (const byte of MAGIC) out.byte(byte);
  out.count(updates.length);
  for (const { pk, sk, isFenced, expiresAtSeconds, add, set } of updates) {
    out.text(pk);
    out.text(sk);
    out.byte(isFenced ? 1 : 0);
    out.count(expiresAtSeconds);
    out.count(add.length);
    for (const [attribute, delta] of add) {
      out.text(attribute);
      out.signed(delta);
    }
    out.count(set.length);
    for (const [attribute, value] of set) {
      out.text(attribute);
      out.byte(typeof value === 'number' ? 0 : 1);
      if (typeof value === 'number') out.count(value);
      else out.text(value);
    }
  }
  return out.finish();
}

export function decodeOutbox(bytes: Uint8Array): ViewsUpdate[] {
  if (bytes.length === 0) return [];
  const input = new ByteReader(bytes, 'outbox');
  input.expect(MAGIC);
  const updates = input.list(() => ({
    pk: input.text(),
    sk: input.text(),
    isFenced: input.byte() === 1,
    expiresAtSeconds: input.count(),
    add: input.list(() => [input.text(), input.signed()] as const),
    set: input.list(
      () => [input.text(), input.byte() === 0 ? input.count() : input.text()] as const,
    ),
  }));
  if (!input.isAtEnd) throw new Error('outbox has bytes behind its end');
  return updates;
}
