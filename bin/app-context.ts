import type { TurnoutProps } from '../lib/turnout';

/** What `-c KEY=VALUE` tells the CDK app: docs/DEPLOY.md. */
export interface AppContext extends Pick<TurnoutProps, 'webAcl' | 'archive'> {
  /** Path of turnout.json. */
  readonly config?: string;
  readonly stage?: string;
  readonly isDemo: boolean;
}

const WEB_ACLS = ['true', 'false', 'count', 'block'];

/** Checks each value: a misspelt one would silently be a default. */
export function contextOf(valueOf: (key: string) => unknown): AppContext {
  const text = (key: string): string | undefined => {
    const value: unknown = valueOf(key);
    return value === undefined ? undefined : String(value);
  };
  const oneOf = (key: string, known: readonly string[]): string => {
    const value = text(key) ?? 'false';
    if (known.includes(value)) return value;
    throw new Error(
      `-c ${key}=${value}: expected one of ${known.join(', ')}, got ${JSON.stringify(value)}`,
    );
  };
  const [config, stage, archive] = ['config', 'stage', 'archive'].map(text);
  const webAcl = oneOf('webAcl', WEB_ACLS);
  return {
    ...(config !== undefined && { config }),
    ...(stage !== undefined && { stage }),
    ...(webAcl !== 'false' && { webAcl: webAclOf(webAcl) }),
    ...(archive !== undefined && { archive: archiveOf(archive) }),
    isDemo: oneOf('demo', ['true', 'false']) === 'true',
  };
}

/** `count` and `block` are what AWS's own rule group against floods does beside the guard. */
function webAclOf(value: string): NonNullable<TurnoutProps['webAcl']> {
  return value === 'count' || value === 'block' ? { antiDdos: value } : true;
}

/** `true` for those of this app alone, or ids of distributions that are made elsewhere. */
function archiveOf(value: string): NonNullable<TurnoutProps['archive']> {
  return value === 'true' || value === 'false'
    ? value === 'true'
    : { distributionIds: value.split(',') };
}
