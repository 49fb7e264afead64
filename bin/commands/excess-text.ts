import type { ExcessReport, ExcessShare } from '../../lambdas/core/guard/excess';
import { plainText } from './text-table';

const NAME_COLUMNS = 24;

/** `AS64500 41 %`; undefined where there is no excess, or nobody knows whence. */
export function networkText(report: ExcessReport): string | undefined {
  const [share] = report.byNetwork;
  if (share === undefined) return undefined;
  return shareText(report, { ...share, name: share.name === 0 ? 'unknown' : `AS${share.name}` });
}

/** `final 80 %` */
export function contentText(report: ExcessReport): string | undefined {
  const [share] = report.byContent;
  return share && shareText(report, share);
}

function shareText({ hits }: ExcessReport, { name, hits: own }: ExcessShare): string {
  const percent = hits === 0 ? 0 : Math.round((100 * own) / hits);
  return `${plainText(String(name)).slice(0, NAME_COLUMNS)} ${percent} %`;
}
