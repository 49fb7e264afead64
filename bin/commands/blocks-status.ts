import type { PassStatus } from '../../lambdas/api/block-list';
import { formatWhole, lengthText, timeText } from '../../lambdas/core/plain-words';
import { plainText } from './text-table';

export function passText(status: PassStatus | undefined, nowMs: number): string {
  if (status === undefined) return 'last pass: none yet';
  const { atMs, mode } = status;
  return `last pass: ${timeText(atMs)}, ${lengthText(nowMs - atMs)} ago, in mode ${plainText(mode)}`;
}

export function overflowText(status: PassStatus | undefined): string {
  const { overflow } = status ?? {};
  return overflow === undefined ? 'not told by the last pass' : formatWhole(overflow);
}

/** Of an ARN what tells people apart: `assumed-role/Operators/jane`. */
export function authorText(author: string): string {
  const [arn, , , , , ...rest] = author.split(':');
  return plainText(arn === 'arn' && rest.length > 0 ? rest.join(':') : author);
}
