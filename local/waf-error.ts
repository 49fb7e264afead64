import type { RangeReason } from './waf-cidr';

/** An answer of WAFv2 that is none of success; the SDK makes an exception of the same name of it. */
export class WafError extends Error {
  constructor(
    readonly type: string,
    message: string,
    readonly more: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = type;
  }

  get status(): number {
    return this.type === 'WAFInternalErrorException' ? 500 : 400;
  }

  get json(): Readonly<Record<string, string>> {
    return { __type: this.type, Message: this.message, ...this.more };
  }
}

const CANNOT = "AWS WAF couldn't perform the operation because";

export const WAF_ERRORS = {
  stale: () =>
    new WafError(
      'WAFOptimisticLockException',
      "AWS WAF couldn't save your changes because someone changed the resource after you started to edit it. Reapply your changes.",
    ),
  missing: () =>
    new WafError('WAFNonexistentItemException', `${CANNOT} your resource doesn't exist.`),
  duplicate: () =>
    new WafError(
      'WAFDuplicateItemException',
      `${CANNOT} some resource in your request is a duplicate of an existing one.`,
    ),
  inUse: () =>
    new WafError('WAFAssociatedItemException', `${CANNOT} your resource is being used by another.`),
  tooMany: () =>
    new WafError('WAFLimitsExceededException', `${CANNOT} you exceeded your resource limit.`),
  /** The model of WAFv2 has no such error and its documents give no name: this is what JSON services of AWS say. */
  tooFast: () => new WafError('ThrottlingException', 'Rate exceeded'),
  badAddress: (text: string, reason: RangeReason | 'is of the other family') =>
    invalid('IP_ADDRESS', text, `The IP address ${reason}.`),
  badScope: (scope: string) => invalid('SCOPE_VALUE', scope, 'The scope is not valid.'),
  malformed: (what: string) =>
    new WafError('ValidationException', `1 validation error detected: ${what}`),
} as const;

function invalid(field: string, parameter: string, reason: string): WafError {
  const text = `Error reason: ${reason}, field: ${field}, parameter: ${parameter}`;
  const more = { Field: field, Parameter: parameter, Reason: reason };
  return new WafError('WAFInvalidParameterException', text, more);
}
