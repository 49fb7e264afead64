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
  probe('X01_traversal', climbsOut(), 'climbs out of the root'),
  probe('X02_traversal_cgi', /\/(?:\.|%2e)%2e\//, 'climbs out of the root, escaped twice'),
  probe(
    'X03_passwd',
    /\/etc\/(?:passwd|shadow|hosts)|\/proc\/self\/environ|\bwin\.ini\b/,
    'reads files of the host',
  ),
  probe('X04_jndi', /\$\{(?:jndi|\$\{|lower:|upper:|env:|::-)/, 'Log4Shell look-up'),
  probe(
    'X05_ognl',
    /(?:\$|%24)\{.{0,200}(?:@java|getruntime|scriptengine)|class\.module\.classloader/,
    'expression run by the server',
  ),
  probe(
    'X06_sql',
    /\bunion(?:\s|\/\*).{0,20}select\b.{0,200}(?:,|\bnull\b|--|#|@@|concat)|information_schema|\b(?:sleep|benchmark)\(['\d]|waitfor\s+delay\s*['(]|'\s*(?:or|and)\s+['\d]+\s*=\s*['\d]/,
    'SQL in a request',
  ),
  probe(
    'X07_script',
    /(?:<|&lt;)script|<svg[ /+]|<img[ /+][^>]*on[a-z]+=|javascript:[\w.]+\(|onerror\s*=|\balert\([\d'"`)d]/,
    'script in a request',
  ),
  probe(
    'X08_template',
    /\{\{\s*\d+\s*\*\s*\d+\s*\}\}|<%=|<\?php|\$\{(?:script|url|dns):/,
    'template or text injection',
  ),
  probe(
    'X09_secrets',
    /\/\.(?:env|git|svn|hg|aws|ssh|htpasswd|htaccess|npmrc|ds_store|vscode)(?:$|[/.?_-])/,
    'files that hold secrets',
  ),
  probe(
    'X10_config',
    /\/(?:wp-config\.php|web\.config|config\.(?:php|yml|bak)|id_rsa|credentials\.(?:json|csv|txt|xml|ya?ml)|database\.(?:sql|yml)|backup\.(?:sql|zip|tar|tgz)|dump\.sql)/,
    'configuration and copies of data',
  ),
  probe('X11_phpunit', /vendor\/phpunit|eval-stdin\.php/, 'CVE-2017-9841'),
  probe(
    'X12_shell',
    /\/(?:(?:\w*_)?shell|cmd|c99|r57|b374k|wso|alfa|webshell|0x)\.(?:php|aspx?|jsp)/,
    'back doors',
  ),
  probe(
    'X13_think',
    /invokefunction|think\\(?:app|container|request|view)|call_user_func_array/,
    'ThinkPHP CVE-2018-20062',
  ),
  probe('X14_telerik', /telerik\.web\.ui\.webresource\.axd/, 'CVE-2019-18935'),
  probe(
    'X15_appliances',
    /\/dana-na\/|\/dana\/html5acc|\/remote\/fgt_lang|\/api\/v2\/cmdb\/system\/admin|\/tmui\/|\/php\/ztp_gate\.php|\/php\/utils\/createremoteappwebsession|\.php\/\.js\.map|\/vpns?\/\.\.|\/hnap1|\/boaform|\/gponform/,
    'gateways and routers',
  ),
  probe(
    'X16_vmware',
    /\/catalog-portal\/ui\/oauth\/verify|\/ui\/vropspluginui\//,
    'CVE-2022-22954',
  ),
  probe(
    'X17_confluence',
    /\/setup\/setupadministrator|\/setup\/finishsetup|\/setup-restore\.action|server-info\.action\?bootstrapstatusprovider/,
    'CVE-2023-22515, CVE-2023-22518',
  ),
  probe(
    'X18_admin_tools',
    /\/(?:(?:phpmyadmin|pma|adminer|mysqladmin|dbadmin)(?=$|[\d/.?_-])|manager\/html|solr\/admin|crx\/(?:de|packmgr)|jmx-console|_ignition\/execute-solution|actuator\/(?:env|gateway|heapdump))/,
    'tools of administrators',
  ),
  probe(
    'X19_cgi',
    /\/cgi-bin\/(?:luci|(?:ba)?sh(?:$|\?)|test-?cgi|test\.(?:cgi|sh|pl)|php\d?(?:$|[.?])|printenv|(?:videoconfiguration|nas_sharing|webproc|viewcert)(?:$|[.?]))/,
    'scripts of old servers',
  ),
  probe(
    'X20_dokuwiki_glpi',
    /\/vendor\/htmlawed\/htmlawed\/htmlawedtest\.php|remote_agent\.php/,
    'CVE-2022-35914, CVE-2022-46169',
  ),
  probe('X21_grafana', /\/public\/plugins\/[^/]+\/\.\./, 'CVE-2021-43798'),
  probe(
    'X22_scanner_names',
    /nice ports|\/nmaplowercheck|\/w00tw00t|\/acunetix|\/nikto-test|\/sqlmap|\/\.well-known\/security\.txt\.bak/,
    'marks of scanners',
  ),
  probe(
    'X23_graphapi',
    /\/owncloud\/apps\/graphapi|getphpinfo\.php|\/phpinfo(?:$|\.php|[/?])/,
    'CVE-2023-49103, settings of PHP',
  ),
  probe(
    'X24_modules',
    /\/modules\/\w+\/uploadimage\.php|\/wp-file-manager\/lib\/php\/connector|\/revslider\/temp\/|=revslider_(?:show_image|ajax_action)|=duplicator_download/,
    'plug-ins with known holes',
  ),
  probe(
    'X25_shell_words',
    /\$\((?:echo|curl|wget|cat|id|nslookup|ping)\b|\$\{ifs\}|[;|]\s*(?:wget|curl)\s+http/,
    'commands of a shell in a request',
  ),
  probe('X26_web_inf', /\/(?:web|meta)-inf\//, 'CVE-2021-26086, inside of Java archives'),
  probe('X27_zimbra', /\/service\/extension\/backup\/mboximport/, 'CVE-2022-37042'),
];

/**
 * More steps up than down before them, or twice up at the beginning of a value. A step up within the root is
 * ordinary: simple players ask for what a playlist says, `/live/hd/../audio/1.ts`.
 */
function climbsOut(): RegExp {
  const up = '[/\\\\]+\\.\\.(?:;[^/]*)?';
  const depths = Array.from({ length: 8 }, (_, n) => `(?:/+[^/?]+){${n}}(?:${up}){${n + 1}}`);
  return new RegExp(`^(?:${depths.join('|')})(?:[/\\\\]|$)|=(?:\\.\\.[/\\\\]){2}|\\.\\.\\\\`);
}

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
