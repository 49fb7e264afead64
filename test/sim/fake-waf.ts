import {
  WAFAssociatedItemException,
  WAFDuplicateItemException,
  WAFInternalErrorException,
  WAFInvalidParameterException,
  WAFLimitsExceededException,
  WAFNonexistentItemException,
  WAFOptimisticLockException,
  WAFUnavailableEntityException,
  type WAFV2Client,
  WAFV2ServiceException,
} from '@aws-sdk/client-wafv2';
import { makeWafAccount, type WafAccount, type WafAccountOptions } from '../../local/waf-account';
import { WafError } from '../../local/waf-error';
import { WAF_OPERATIONS, type WafOperation } from '../../local/waf-operations';
import { type CallCounts, type FakeHooks, makeFakeSend } from './fake-call';

export interface FakeWaf extends WafAccount {
  readonly send: WAFV2Client['send'];
  /** The same account, called for a region that is not the home of CLOUDFRONT. */
  readonly elsewhere: Pick<WAFV2Client, 'send'>;
  /** Calls that happened, as of the other doubles. */
  readonly happened: CallCounts;
}

const EXCEPTIONS = [
  WAFAssociatedItemException,
  WAFDuplicateItemException,
  WAFInternalErrorException,
  WAFInvalidParameterException,
  WAFLimitsExceededException,
  WAFNonexistentItemException,
  WAFOptimisticLockException,
  WAFUnavailableEntityException,
];
const BY_NAME = new Map(EXCEPTIONS.map((one) => [one.name, one]));

/** The account of the rig's WAF, without a wire: calls happen at once, and no SDK asks again. It passes test/contract. */
export function makeFakeWaf({ before, after, ...options }: FakeHooks & WafAccountOptions): FakeWaf {
  const account = makeWafAccount(options);
  const run = (operation: WafOperation, region: string) => (given: object) => {
    const input = JSON.parse(JSON.stringify(given)) as Readonly<Record<string, unknown>>;
    try {
      const answer = account.call({ operation, input, region });
      if (answer !== 'broken_connection') return answer;
    } catch (error) {
      throw error instanceof WafError ? exceptionOf(error) : error;
    }
    throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  };
  const clientOf = (region: string) => {
    const operations = Object.fromEntries(WAF_OPERATIONS.map((it) => [it, run(it, region)]));
    const { send, calls } = makeFakeSend(operations, { before, after });
    return { send: send as unknown as WAFV2Client['send'], happened: calls };
  };
  return { ...account, ...clientOf('us-east-1'), elsewhere: clientOf('eu-central-1') };
}

function exceptionOf({ type, message, status, more }: WafError): Error {
  const $metadata = { httpStatusCode: status };
  const made = BY_NAME.get(type);
  if (made) return new made({ message, $metadata, ...more });
  const $fault = status === 500 ? 'server' : 'client';
  return new WAFV2ServiceException({ name: type, message, $fault, $metadata });
}
