import { API_ROUTES, API_SCOPES } from '../../lib/api-routes';
import { problemsOf } from './config-support';
import { resourceOf, resourcesOf, synthTemplate } from './stack-support';

/** Goal: nobody asks without a permission, and who may see figures sees no address by it. */
const JWT = { issuer: 'https://login.example.com/pool', audience: ['turnout', 'dashboards'] };
const byIam = synthTemplate();
const byToken = synthTemplate({ api: { jwt: JWT } });

const routesOf = (template: typeof byIam) =>
  resourcesOf(template)
    .filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Route')
    .map(([, { Properties }]) => Properties);

describe('the API of queries', () => {
  it('has the routes of the app, each for reading alone', () => {
    const keys = API_ROUTES.map(({ path }) => `GET ${path}`).sort();
    for (const template of [byIam, byToken]) {
      expect(
        routesOf(template)
          .map((route) => route['RouteKey'])
          .sort(),
      ).toEqual(keys);
    }
  });

  it('lets nobody in whom IAM does not know', () => {
    expect(new Set(routesOf(byIam).map((route) => route['AuthorizationType']))).toEqual(
      new Set(['AWS_IAM']),
    );
    expect(byIam.findResources('AWS::ApiGatewayV2::Authorizer')).toEqual({});
  });

  it('takes tokens where turnout.json says so, each route with its scope', () => {
    const authorizer = resourceOf(byToken, 'AWS::ApiGatewayV2::Authorizer', 'TurnoutQueryApi');
    expect(authorizer.Properties).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Audience: JWT.audience, Issuer: JWT.issuer },
    });
    const scopes = routesOf(byToken).map((route) => {
      expect([route['AuthorizationType'], route['AuthorizerId']]).toEqual([
        'JWT',
        { Ref: expect.stringContaining('Jwt') },
      ]);
      return [route['RouteKey'], route['AuthorizationScopes']];
    });
    expect(Object.fromEntries(scopes)).toEqual(
      Object.fromEntries(
        API_ROUTES.map(({ path, permission }) => [`GET ${path}`, [API_SCOPES[permission]]]),
      ),
    );
  });

  it('is the only one that may call its function', () => {
    const permissions = resourcesOf(byIam).filter(
      ([, { Type, Properties }]) =>
        Type === 'AWS::Lambda::Permission' &&
        JSON.stringify(Properties['FunctionName']).includes('TurnoutApiFunction'),
    );
    expect(permissions).toHaveLength(1);
    const { Principal, SourceArn } = permissions[0]![1].Properties;
    expect(Principal).toBe('apigateway.amazonaws.com');
    expect(JSON.stringify(SourceArn)).toContain('TurnoutQueryApi');
  });

  it('bounds how often it is asked, and logs who asked what without the path', () => {
    const stage = resourceOf(byIam, 'AWS::ApiGatewayV2::Stage', 'TurnoutQueryApi').Properties;
    expect(stage).toMatchObject({
      ...{ StageName: '$default', AutoDeploy: true },
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    });
    const { Format } = stage['AccessLogSettings'] as { readonly Format: string };
    expect(Object.keys(JSON.parse(Format) as object)).toEqual([
      ...['requestId', 'time', 'route', 'status', 'latencyMs', 'bytes', 'caller', 'subject'],
      'error',
    ]);
    expect(Format).not.toMatch(/path|sourceIp/i);
    const log = resourceOf(byIam, 'AWS::Logs::LogGroup', 'TurnoutQueryApi').Properties;
    expect(log['RetentionInDays']).toBe(30);
  });
});

describe('policies of callers', () => {
  const policyOf = (template: typeof byIam, name: string) =>
    resourcesOf(template).find(([, { Properties: p }]) => p['ManagedPolicyName'] === name)?.[1];
  /** `GET/v1/contents/*` of each ARN */
  const routesIn = (name: string) =>
    Array.from(JSON.stringify(policyOf(byIam, name)).matchAll(/\/\$default\/(GET\/v1[\w./*]*)/g))
      .map(([, route]) => route!)
      .sort();
  const wanted = (permission: string) =>
    API_ROUTES.filter((route) => route.permission === permission)
      .map(({ path }) => `GET${path.replace(/\{\w+\}/, '*')}`)
      .sort();

  it('give figures without addresses', () => {
    expect(routesIn('TurnoutViews')).toEqual(wanted('views'));
    expect(wanted('views').join()).not.toMatch(/blocks|audit/);
    const text = JSON.stringify(policyOf(byIam, 'TurnoutViews'));
    expect(text).not.toContain('dynamodb:');
  });

  it('give both to who is on call', () => {
    for (const name of ['TurnoutRead', 'TurnoutOperate']) {
      expect(routesIn(name)).toEqual([...wanted('views'), ...wanted('guard')].sort());
    }
  });

  it('give nothing where tokens decide', () => {
    expect(policyOf(byToken, 'TurnoutViews')).toBeUndefined();
    expect(JSON.stringify(policyOf(byToken, 'TurnoutRead'))).not.toContain('execute-api');
    expect(Object.keys(byToken.toJSON()['Outputs'] as object)).not.toContain('ViewsPolicyArn');
    expect(Object.keys(byToken.toJSON()['Outputs'] as object)).toContain('ApiUrl');
  });
});

describe('api.jwt', () => {
  const withJwt = (part: object) => ({ api: { jwt: { ...JWT, ...part } } });

  it.each([
    [{ issuer: 'https://login.example.com' }],
    [{ issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1' }],
    [{ audience: ['a'.repeat(256)] }],
    [{ audience: Array.from({ length: 10 }, (_, n) => `a${n}`) }],
  ])('takes %j', (part) => {
    expect(problemsOf(withJwt(part)).where).toEqual([]);
  });

  it.each([
    [{ issuer: 'http://login.example.com' }, 'api.jwt.issuer'],
    [{ issuer: 'https://login.example.com/?a=b' }, 'api.jwt.issuer'],
    [{ issuer: `https://login.example.com/${'a'.repeat(256)}` }, 'api.jwt.issuer'],
    [{ audience: [] }, 'api.jwt.audience'],
    [{ audience: [''] }, 'api.jwt.audience[0]'],
    [{ audience: ['a b'] }, 'api.jwt.audience[0]'],
    [{ audience: ['a'.repeat(257)] }, 'api.jwt.audience[0]'],
    [{ audience: Array.from({ length: 11 }, (_, n) => `a${n}`) }, 'api.jwt.audience'],
    [{ scope: 'x' }, 'api.jwt'],
  ])('refuses %j', (part, where) => {
    expect(problemsOf(withJwt(part)).where).toEqual([where]);
  });
});
