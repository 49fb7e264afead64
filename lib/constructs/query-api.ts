import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import type { ApiSettings } from '../../lambdas/core/settings';
import { API_ROUTES, API_SCOPES, type ApiPermission, type ApiRoute } from '../api-routes';
import { explainPatterns } from './explain';

export interface QueryApiProps {
  readonly target: IFunction;
  readonly settings: ApiSettings;
  readonly logRetention: RetentionDays;
  /** Of the log. @default the key of CloudWatch Logs */
  readonly encryptionKey?: IKey | undefined;
}

/** Of all callers together: a dashboard asks some times a second, and tables are paid by the read. */
const REQUESTS_PER_SECOND_MAX = 50;
const BURST_MAX = 100;

/**
 * The HTTP API of the queries. Each route is one of its own, so that a policy or a scope can give the figures
 * without the addresses; a request that no route takes never reaches the function.
 */
export class QueryApi extends Construct {
  readonly url: string;
  /** What calls the routes of a permission; nothing where tokens decide, and policies do not. */
  readonly statements: readonly PolicyStatement[];
  /** For who may read figures alone, and only by the API; undefined where tokens decide. */
  readonly viewsPolicyArn: string | undefined;

  constructor(scope: Construct, id: string, props: QueryApiProps) {
    super(scope, id);
    const { target, settings } = props;
    const { jwt } = settings;
    const api = new HttpApi(this, 'Api', {
      description: 'Turnout: queries',
      createDefaultStage: false,
    });
    this.makeStage(api, props);
    const integration = new HttpLambdaIntegration('Function', target, {
      scopePermissionToRoute: false,
    });
    const authorizer: IHttpRouteAuthorizer =
      jwt === undefined
        ? new HttpIamAuthorizer()
        : new HttpJwtAuthorizer('Jwt', jwt.issuer, { jwtAudience: [...jwt.audience] });
    for (const { path, permission } of API_ROUTES) {
      const scopes = jwt && { authorizationScopes: [API_SCOPES[permission]] };
      const methods = [HttpMethod.GET];
      api.addRoutes({ path, methods, integration, authorizer, ...scopes });
    }
    this.url = api.apiEndpoint;
    const call = (permission: ApiPermission) => callRoutes(api, permission);
    this.statements = jwt === undefined ? [call('views'), call('guard')] : [];
    this.viewsPolicyArn =
      jwt === undefined ? makeViewsPolicy(this, call('views')).managedPolicyArn : undefined;
  }

  private makeStage(httpApi: HttpApi, { logRetention, encryptionKey }: QueryApiProps): void {
    const logGroup = new LogGroup(this, 'Log', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryptionKey }),
    });
    new HttpStage(this, 'Stage', {
      httpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: REQUESTS_PER_SECOND_MAX, burstLimit: BURST_MAX },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        // The route and not the path, which may name an address.
        format: AccessLogFormat.custom(
          JSON.stringify({
            ...{ requestId: '$context.requestId', time: '$context.requestTimeEpoch' },
            ...{ route: '$context.routeKey', status: '$context.status' },
            ...{ latencyMs: '$context.responseLatency', bytes: '$context.responseLength' },
            ...{ caller: '$context.identity.userArn', subject: '$context.authorizer.claims.sub' },
            error: '$context.error.message',
          }),
        ),
      },
    });
  }
}

/** Why policies of callers have patterns: for cdk-nag. */
export const ROUTES_REASON =
  'IAM compares the path that is called, and that has the name of a content or an address in it';

function makeViewsPolicy(scope: Construct, statement: PolicyStatement): ManagedPolicy {
  const policy = new ManagedPolicy(scope, 'Views', {
    managedPolicyName: `${Stack.of(scope).stackName}Views`,
    description: 'Reads the figures of Turnout by its API, and no address',
    statements: [statement],
  });
  explainPatterns(policy, [statement], ROUTES_REASON);
  return policy;
}

const SIDS: Readonly<Record<ApiPermission, string>> = { views: 'AskViews', guard: 'AskGuard' };

function callRoutes(api: HttpApi, permission: ApiPermission): PolicyStatement {
  const routes = API_ROUTES.filter((route) => route.permission === permission);
  return new PolicyStatement({
    sid: SIDS[permission],
    actions: ['execute-api:Invoke'],
    resources: routes.map((route) => arnOf(api, route)),
  });
}

/** IAM sees the path of the request, so a name in it can only be written as a wildcard. */
function arnOf(api: HttpApi, { path }: ApiRoute): string {
  const route = path.replace(/\{\w+\}/, '*');
  return Stack.of(api).formatArn({
    service: 'execute-api',
    resource: api.apiId,
    resourceName: `$default/GET${route}`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}
