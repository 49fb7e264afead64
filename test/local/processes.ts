import { existsSync, readFileSync } from 'node:fs';

/** false once the process has ended, also while nobody has asked how. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return true; // no Linux, or just gone: the next look says
  return !/^\d+ \(.*\) [ZX]/.test(readFileSync(path, 'utf8'));
}

/** Whether the process ends within two seconds. */
export async function isGoneSoon(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 200 && isRunning(pid); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return !isRunning(pid);
}
