/**
 * Requests in the shape of a known exploit (docs/GUARD.md, S6_probe): no page, player or crawler asks for
 * such a thing. Each pattern is matched against path and query, escapes decoded once, in lower case.
 */
export interface Probe {
  readonly id: string;
  readonly pattern: RegExp;
  readonly reason: string;
  readonly since: string;
}

const SINCE = '2026-11-24';

const probe = (id: string, pattern: RegExp, reason: string): Probe => ({
  id,
  pattern,
  reason,
  since: SINCE,
});

export const PROBES: readonly Probe[] = [
  probe('P01_traversal', /(?:^|[/\\=])\.\.(?:[/\\]|%2f|%5c)/, 'climbs out of the root'),
  probe('P02_traversal_cgi', /\/(?:\.|%2e)%2e\//, 'climbs out of the root, escaped twice'),
  probe(
    'P03_passwd',
    /\/etc\/(?:passwd|shadow|hosts)|\/proc\/self\/environ|win\.ini/,
    'reads files of the host',
  ),
  probe('P04_jndi', /\$\{(?:jndi|\$\{|lower:|upper:|env:|::-)/, 'Log4Shell look-up'),
  probe(
    'P05_ognl',
    /(?:\$|%24)\{.{0,200}(?:@java|getruntime|scriptengine)|class\.module\.classloader/,
    'expression run by the server',
  ),
  probe(
    'P06_sql',
    /union(?:\s|\+|\/\*)+(?:all(?:\s|\+)+)?select|information_schema|(?:sleep|benchmark|waitfor delay)\s*\(|'\s*(?:or|and)\s+['\d]+\s*=\s*['\d]/,
    'SQL in a request',
  ),
  probe(
    'P07_script',
    /<script|<svg[ /+]|<img[ /+][^>]*on[a-z]+=|javascript:|onerror\s*=|alert\(/,
    'script in a request',
  ),
  probe(
    'P08_template',
    /\{\{\s*\d+\s*\*\s*\d+\s*\}\}|<%=|\$\{script:/,
    'template or text injection',
  ),
  probe(
    'P09_secrets',
    /\/\.(?:env|git|svn|hg|aws|ssh|htpasswd|htaccess|npmrc|ds_store|vscode)(?:$|[/.?_-])/,
    'files that hold secrets',
  ),
  probe(
    'P10_config',
    /\/(?:wp-config\.php|web\.config|config\.(?:php|json|yml|bak)|id_rsa|credentials|database\.(?:sql|yml)|backup\.(?:sql|zip|tar|tgz)|dump\.sql)/,
    'configuration and copies of data',
  ),
  probe('P11_phpunit', /vendor\/phpunit|eval-stdin\.php/, 'CVE-2017-9841'),
  probe(
    'P12_shell',
    /\/(?:shell|cmd|c99|r57|b374k|wso|alfa|webshell|0x|up(?:load)?er)\.(?:php|aspx?|jsp)/,
    'back doors',
  ),
  probe('P13_think', /invokefunction|think\\app|call_user_func_array/, 'ThinkPHP CVE-2018-20062'),
  probe('P14_telerik', /telerik\.web\.ui\.webresource\.axd/, 'CVE-2019-18935'),
  probe(
    'P15_appliances',
    /\/dana-na\/|\/dana\/html5acc|\/remote\/fgt_lang|\/api\/v2\/cmdb\/system\/admin|\/tmui\/|\/php\/ztp_gate\.php|\/vpns?\/\.\.|\/hnap1|\/boaform|\/gponform/,
    'gateways and routers',
  ),
  probe(
    'P16_vmware',
    /\/catalog-portal\/ui\/oauth\/verify|\/ui\/vropspluginui\//,
    'CVE-2022-22954',
  ),
  probe(
    'P17_confluence',
    /\/setup\/setupadministrator|\/setup\/finishsetup|server-info\.action\?bootstrapstatusprovider/,
    'CVE-2023-22515, CVE-2023-22518',
  ),
  probe(
    'P18_admin_tools',
    /\/(?:phpmyadmin|pma|adminer|mysqladmin|dbadmin|manager\/html|solr\/admin|jmx-console|_ignition\/execute-solution|actuator\/(?:env|gateway|heapdump))/,
    'tools of administrators',
  ),
  probe('P19_cgi', /\/cgi-bin\/(?:.*\.(?:cgi|sh|pl)|luci|bash|test)/, 'scripts of old servers'),
  probe(
    'P20_dokuwiki_glpi',
    /\/vendor\/htmlawed\/htmlawed\/htmlawedtest\.php|remote_agent\.php/,
    'CVE-2022-35914, CVE-2022-46169',
  ),
  probe('P21_grafana', /\/public\/plugins\/[^/]+\/\.\./, 'CVE-2021-43798'),
  probe(
    'P22_scanner_names',
    /nice ports|\/nmaplowercheck|\/w00tw00t|\/acunetix|\/nikto|\/sqlmap|\/\.well-known\/security\.txt\.bak/,
    'marks of scanners',
  ),
  probe(
    'P23_graphapi',
    /\/owncloud\/apps\/graphapi|getphpinfo\.php|\/phpinfo/,
    'CVE-2023-49103, settings of PHP',
  ),
  probe(
    'P24_modules',
    /\/modules\/(?:blockcart|simpleslideshow)|\/wp-content\/plugins\/(?:wp-file-manager|revslider|duplicator)/,
    'plug-ins with known holes',
  ),
];

/** The longest text that is looked at: what is longer is cut. */
const CHARS_MAX = 2_048;

/** The id of the first pattern that a path with its query has, if any. */
export function findProbe(pathAndQuery: string): string | undefined {
  const text = decode(pathAndQuery.slice(0, CHARS_MAX)).toLowerCase();
  return PROBES.find(({ pattern }) => pattern.test(text))?.id;
}

/** Escapes that are none stay as they are. */
function decode(text: string): string {
  if (!/[%+]/.test(text)) return text;
  return text
    .replace(/\+/g, ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
