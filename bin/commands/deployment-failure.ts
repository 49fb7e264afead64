import { UsageError } from './errors';

/** Says in words what went wrong, and needs no more of them. */
export class ToldError extends Error {}

interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What AWS or the network says, in words: what, got, expected. What is not known passes as it is. */
export function plainFailure(error: unknown, region: string): unknown {
  if (!(error instanceof Error) || error instanceof UsageError) return error;
  if (error instanceof ToldError) return error;
  const { name, message } = error as SdkError;
  const say = (text: string) => new ToldError(text, { cause: error });
  const code = codeOf(error);
  if (name === 'CredentialsProviderError' || name === 'CredentialsError') {
    return say(
      `no credentials: expected AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or another source ` +
        `that the AWS SDK knows, got none (${firstLine(message)})`,
    );
  }
  if (name === 'ValidationError' && /does not exist/.test(message)) {
    return say(
      `${firstLine(message)} in ${region}: expected the stack of Turnout; --stack names another, AWS_REGION another region`,
    );
  }
  if (name === 'ResourceNotFoundException') {
    return say(
      `a table does not exist in ${region}: expected those of --blocks-table and --views-table, or the outputs of ` +
        `the stack, got: ${firstLine(message)}`,
    );
  }
  if (/^(AccessDenied|UnauthorizedOperation|NotAuthorized)/.test(name)) {
    return say(`not allowed: expected the policy of the output ReadPolicyArn, got: ${message}`);
  }
  if (
    /^(ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch)/.test(
      name,
    )
  ) {
    return say(`credentials are not accepted: expected valid ones, got: ${firstLine(message)}`);
  }
  if (code !== undefined || name === 'TimeoutError') {
    return say(`AWS cannot be reached in ${region}: got ${code ?? name} ${firstLine(message)}`);
  }
  return error;
}

/** Of the network: `ECONNREFUSED`, `ENOTFOUND`; what was tried at several addresses says it for each. */
export function codeOf(error: unknown): string | undefined {
  let at = error as Failure | undefined;
  for (let depth = 0; typeof at === 'object' && at !== null && depth < CAUSES_MAX; depth += 1) {
    const { code } = at;
    if (typeof code === 'string' && /^(E[A-Z]{3,}|UND_ERR_\w+)$/.test(code)) return code;
    at = at.errors?.[0] ?? at.cause;
  }
  return undefined;
}

interface Failure {
  readonly code?: unknown;
  readonly cause?: Failure;
  readonly errors?: readonly Failure[];
}

const CAUSES_MAX = 5;

function firstLine(text: string): string {
  return text.split('\n')[0]!.slice(0, 300);
}
