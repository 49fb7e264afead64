/** Names under which people and tools outside find what was deployed: they are final. */
export type OutputName =
  | 'EdgeLinesStream'
  | 'ViewerPacketsStream'
  | 'StateTable'
  | 'ViewsTable'
  | 'BlocksTable'
  | 'RealtimeLogConfigArn'
  | 'RuleGroupArn'
  | 'ControlUrl'
  | 'ReadPolicyArn'
  | 'OperatePolicyArn'
  | 'PreflightPolicyArn'
  | 'ApiUrl'
  | 'AlarmTopicArn'
  | OptionalOutputName;

/** With tokens instead of IAM there is no policy for the API; the others are there when they are asked for. */
type OptionalOutputName = 'ViewsPolicyArn' | 'WebAclArn' | 'ArchiveBucket';

export type Outputs = Readonly<
  Record<Exclude<OutputName, OptionalOutputName>, string> &
    Partial<Record<OptionalOutputName, string>>
>;
