import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import type { Bundle } from '../bundle';
import type { FunctionName, FunctionPlan } from '../pipeline';

export interface RoadFunctionProps {
  readonly name: FunctionName;
  readonly plan: FunctionPlan;
  readonly bundle: Bundle;
  /** All that it may do, beside writing its own log. */
  readonly statements: readonly PolicyStatement[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logRetention: RetentionDays;
  /** Of the log. @default the key of CloudWatch Logs */
  readonly encryptionKey?: IKey | undefined;
}

/** Where the metrics of `lambdas/adapters/metrics.ts` are: two stacks of an account stay apart. */
export function metricsNamespaceOf(scope: Construct): string {
  return Stack.of(scope).stackName;
}

/** A Lambda function with its log and a role of its own. */
export class RoadFunction extends Construct {
  readonly name: FunctionName;
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: RoadFunctionProps) {
    super(scope, id);
    const { name, plan, bundle } = props;
    this.name = name;
    // The log tells how lines were counted and holds no count: it goes with the stack.
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.encryptionKey && { encryptionKey: props.encryptionKey }),
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: `Turnout: ${name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64, // a fifth cheaper
      code: Code.fromAsset(bundle.dir),
      handler: bundle.handler,
      memorySize: plan.memoryMb,
      timeout: Duration.seconds(plan.timeoutSeconds),
      role: this.makeRole(logGroup, props.statements),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        ...props.environment,
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespaceOf(this),
      },
    });
  }

  /** The policy is part of the role: there is no moment at which the function is there without it. */
  private makeRole(logGroup: LogGroup, statements: readonly PolicyStatement[]): Role {
    const writeLog = new PolicyStatement({
      sid: 'WriteLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      // Ends in ":*", the streams of this one group: Lambda makes one for each instance.
      resources: [logGroup.logGroupArn],
    });
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Access: new PolicyDocument({ statements: [writeLog, ...statements] }) },
    });
  }
}
