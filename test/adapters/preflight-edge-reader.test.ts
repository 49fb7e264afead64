import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readEdgeFacts } from '../../lambdas/adapters/preflight-edge-reader';

/**
 * Goal: what is read of CloudFront and of AWS WAF is what they answer. Method: a server on loopback that answers as they
 * do, since no emulator at hand knows these calls.
 */

const LOG = 'arn:aws:cloudfront::123456789012:realtime-log-config/turnout';
const STREAM = 'arn:aws:kinesis:us-east-1:123456789012:stream/lines';
const GROUP = 'arn:aws:wafv2:us-east-1:123456789012:global/rulegroup/Turnout/g';
const ACL = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/w';
const XML = '<?xml version="1.0"?>';

const logConfig = `${XML}<GetRealtimeLogConfigResult><RealtimeLogConfig><ARN>${LOG}</ARN><Name>turnout</Name>
<SamplingRate>100</SamplingRate><EndPoints><member><StreamType>Kinesis</StreamType><KinesisStreamConfig>
<RoleARN>arn:aws:iam::123456789012:role/x</RoleARN><StreamARN>${STREAM}</StreamARN></KinesisStreamConfig></member></EndPoints>
<Fields><Field>timestamp</Field><Field>c-ip</Field></Fields></RealtimeLogConfig></GetRealtimeLogConfigResult>`;
const list = `${XML}<DistributionList><Quantity>1</Quantity><Items><DistributionSummary><Id>EDIST</Id>
</DistributionSummary></Items></DistributionList>`;
const distribution = `${XML}<DistributionConfig><Enabled>true</Enabled><WebACLId>${ACL}</WebACLId>
<DefaultCacheBehavior><TargetOriginId>o</TargetOriginId></DefaultCacheBehavior>
<CacheBehaviors><Quantity>1</Quantity><Items><CacheBehavior><PathPattern>/live/*</PathPattern>
<RealtimeLogConfigArn>${LOG}</RealtimeLogConfigArn></CacheBehavior></Items></CacheBehaviors></DistributionConfig>`;
const denied = `${XML}<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>
<Message>not for you</Message></Error><RequestId>x</RequestId></ErrorResponse>`;
const webAcl = {
  ...{ Name: 'site', Id: 'w', ARN: ACL, Capacity: 160, DefaultAction: { Allow: {} } },
  Rules: [
    {
      ...{ Name: 'ours', Priority: 7, OverrideAction: { Count: {} } },
      Statement: {
        RuleGroupReferenceStatement: {
          ARN: GROUP,
          RuleActionOverrides: [{ Name: 'block', ActionToUse: { Count: {} } }],
        },
      },
    },
    {
      ...{ Name: 'home', Priority: 2, Action: { Allow: {} } },
      Statement: { IPSetReferenceStatement: { ARN: 'arn:set' } },
    },
    {
      ...{ Name: 'aws', Priority: 3, OverrideAction: { None: {} } },
      Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'x' } },
    },
  ],
  PreProcessFirewallManagerRuleGroups: [{ Name: 'company', Priority: 0 }],
};

const places = {
  ...{ stack: 'Turnout', edgeLinesStream: 'lines', viewerPacketsStream: 'packets' },
  ...{ stateTable: 's', viewsTable: 'v', blocksTable: 'b' },
  ...{ logConfigArn: LOG, ruleGroupArn: GROUP, scope: 'CLOUDFRONT' as const },
};

describe('readEdgeFacts', () => {
  let server: Server;
  let isDenied = false;
  const asked: string[] = [];
  const environment = { ...process.env };

  beforeAll(async () => {
    server = createServer((request, response) => {
      const { url = '', headers } = request;
      asked.push(String(headers['x-amz-target'] ?? url.split('?')[0]));
      if (isDenied && url.includes('/distribution/')) {
        response.writeHead(403, { 'content-type': 'text/xml' }).end(denied);
      } else if (headers['x-amz-target'] !== undefined) {
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        response.end(JSON.stringify({ WebACL: webAcl, LockToken: 't' }));
      } else {
        response.setHeader('content-type', 'text/xml');
        const body = url.includes('get-realtime') ? logConfig : undefined;
        response.end(body ?? (url.includes('/distribution/') ? distribution : list));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    Object.assign(process.env, {
      ...{ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_REGION: 'us-east-1' },
      ...{ AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' },
    });
  });

  afterAll(async () => {
    process.env = environment;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('reads the log configuration, behaviours with the default one last, and rules in their order', async () => {
    const { logConfig: config, distributions, webAcls } = await readEdgeFacts(places);
    expect(config).toEqual({
      isKnown: true,
      value: { fields: ['timestamp', 'c-ip'], samplingPercent: 100, streamArns: [STREAM] },
    });
    const behaviours = [
      { path: '/live/*', logConfigArn: LOG },
      { path: '*', logConfigArn: '' },
    ];
    expect(distributions).toEqual({
      isKnown: true,
      value: [{ id: 'EDIST', isEnabled: true, webAclArn: ACL, behaviours }],
    });
    const plain = { isByAddress: false, groupArn: '', isCounted: false, overridden: [] };
    expect(webAcls).toEqual({
      isKnown: true,
      value: [
        {
          ...{ name: 'site', arn: ACL, capacity: 160 },
          rules: [
            { ...plain, name: 'company', priority: 0, action: 'firewall manager' },
            { ...plain, name: 'home', priority: 2, action: 'allow', isByAddress: true },
            { ...plain, name: 'aws', priority: 3, action: 'managed' },
            {
              ...{ name: 'ours', priority: 7, action: 'group', groupArn: GROUP },
              ...{ isByAddress: false, isCounted: true, overridden: ['block'] },
            },
          ],
        },
      ],
    });
  });

  it('says what it may not read, and what follows from it is as unknown', async () => {
    isDenied = true;
    const { logConfig: config, distributions, webAcls } = await readEdgeFacts(places);
    expect(config.isKnown).toBe(true);
    const unknown = {
      ...{ isKnown: false, permission: 'cloudfront:GetDistributionConfig' },
      why: 'AccessDenied: not for you',
    };
    expect([distributions, webAcls]).toEqual([unknown, unknown]);
  });

  it('asks for nothing but to read', () => {
    expect(new Set(asked)).toEqual(
      new Set([
        '/2020-05-31/get-realtime-log-config',
        '/2020-05-31/distributionsByRealtimeLogConfig',
        '/2020-05-31/distribution/EDIST/config',
        'AWSWAF_20190729.GetWebACL',
      ]),
    );
  });
});
