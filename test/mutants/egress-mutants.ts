import type { Mutant } from './mutants.ts';

const address = 'core/network-address.ts';
const resolve = 'functions/aws/egress/resolve-host.ts';
const send = 'functions/aws/egress/send.ts';
const answer = 'functions/aws/egress/read-answer.ts';
const addresses = ['test/core/network-address.test.ts', 'test/functions/aws/egress/url-forms.test.ts'];
const wire = ['test/functions/aws/egress/send.test.ts'];
const forms = ['test/functions/aws/egress/url-forms.test.ts'];
const http = ['test/functions/aws/connectors/connect-http.test.ts'];
const canary = ['test/functions/aws/egress/authorization/canary.test.ts'];
const tokens = ['test/functions/aws/egress/authorization/tokens.test.ts'];
const mcp = ['test/functions/aws/connectors/connect-mcp.test.ts'];

/** Each row of the table of addresses taken out. */
const rows: readonly (readonly [string, string])[] = [
  [
    'metadata addresses',
    "['metadata', '169.254.169.254/32', '169.254.170.2/32', '169.254.170.23/32', '100.100.100.200/32'],",
  ],
  [
    'metadata addresses of IPv6',
    "['metadata', '168.63.129.16/32', '192.0.0.192/32', 'fd00:ec2::/32', 'fd20:ce::254/128'],",
  ],
  ['loopback', "['loopback', '127.0.0.0/8', '::1/128'],"],
  ['link-local addresses', "['link-local', '169.254.0.0/16', 'fe80::/10'],"],
  ['unspecified addresses', "['unspecified', '0.0.0.0/8', '::/128'],"],
  ['private addresses', "['private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],"],
  ['shared addresses', "['shared', '100.64.0.0/10'],"],
  ['broadcast', "['broadcast', '255.255.255.255/32'],"],
  ['multicast', "['multicast', '224.0.0.0/4', 'ff00::/8'],"],
  [
    'documentation addresses',
    "['documentation', '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'],",
  ],
  [
    'embedded addresses',
    "['embedded', '::/96', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48'],",
  ],
  ['6to4 and Teredo', "['embedded', '2002::/16', '2001::/32'],"],
  [
    'reserved addresses',
    "['reserved', '192.0.0.0/24', '192.88.99.0/24', '198.18.0.0/15', '240.0.0.0/4', '2001::/23'],",
  ],
];

/** The way out to systems, and what comes back. */
export const egressMutants: readonly Mutant[] = [
  ...rows.map(([what, row]) => ({
    name: `egress: ${what} are not told apart`,
    file: address,
    find: row,
    replace: '',
    tests: addresses,
  })),
  {
    name: 'egress: whatever no registry lists is public in IPv6',
    file: address,
    find: "(read.width === 128 && !holds(given, read) ? 'reserved' : 'public')",
    replace: "'public'",
    tests: addresses,
  },
  {
    name: 'egress: what is no address counts as public',
    file: address,
    find: "if (!read) return 'reserved';",
    replace: "if (!read) return 'public';",
    tests: addresses,
  },
  {
    name: 'egress: only the first address of a host is looked at',
    file: resolve,
    find: 'const forbidden = addresses.find(',
    replace: 'const forbidden = addresses.slice(0, 1).find(',
    tests: forms,
  },
  {
    name: 'egress: this machine is reached on every stage',
    file: resolve,
    find: "if (kind === 'loopback') return loopback;",
    replace: "if (kind === 'loopback') return true;",
    tests: forms,
  },
  {
    name: 'egress: a stage opens Lambda’s own interface',
    file: 'functions/aws/egress/open-reach.ts',
    find: " && process.env['AWS_LAMBDA_RUNTIME_API'] === undefined",
    replace: '',
    tests: forms,
  },
  {
    name: 'egress: a name at this machine and elsewhere is reached',
    file: resolve,
    find: 'own.length === 0 || own.length === addresses.length',
    replace: 'own.length >= 0',
    tests: forms,
  },
  {
    name: 'egress: http goes wherever localhost points',
    file: resolve,
    find: 'if (plain) return false;',
    replace: '',
    tests: wire,
  },
  {
    name: 'egress: http goes anywhere',
    file: resolve,
    find: '!(plain && HTTP_HOSTS.includes(hostname))',
    replace: '!plain',
    tests: [
      'test/functions/aws/connectors/connect-http.test.ts',
      'test/functions/aws/egress/authorization/tokens.test.ts',
      ...forms,
    ],
  },
  {
    name: 'egress: private networks are open to every system',
    file: resolve,
    find: "if (kind === 'private' || kind === 'shared') return networks.some((network) => isWithin(address, network));",
    replace: "if (kind === 'private' || kind === 'shared') return true;",
    tests: [...forms, ...wire],
  },
  {
    name: 'egress: a system opens metadata as a private network',
    file: resolve,
    find: "if (kind === 'private' || kind === 'shared') return networks",
    replace: "if (kind !== 'public') return networks",
    tests: wire,
  },
  {
    name: 'egress: credentials stand in an address',
    file: resolve,
    find: 'if (url.username || url.password) return',
    replace: 'if (false) return',
    tests: forms,
  },
  {
    name: 'egress: the name is looked up again to connect',
    file: send,
    find: 'await exchange(request, addresses)',
    replace: 'await exchange(request, await deps.resolve(url.hostname))',
    tests: wire,
  },
  {
    name: 'egress: the connection looks up the name itself',
    file: send,
    find: '    lookup: pinned(addresses),\n',
    replace: '',
    tests: wire,
  },
  {
    name: 'egress: a request goes to another origin',
    file: send,
    find: 'if (url.origin !== request.origin) {',
    replace: 'if (false) {',
    tests: wire,
  },
  {
    name: 'egress: a redirect is followed',
    file: send,
    find: 'settle(readAnswer(response, request))',
    replace:
      'settle(response.headers.location ? exchange({ ...request, url: new URL(response.headers.location, request.url) }, addresses) : readAnswer(response, request))',
    tests: [...wire, ...http],
  },
  {
    name: 'egress: the proxy of the environment is asked',
    file: send,
    find: '    agent: false,\n',
    replace: '',
    tests: wire,
  },
  {
    name: 'egress: any certificate will do',
    file: send,
    find: '{ ...options, rejectUnauthorized: true }',
    replace: 'options',
    tests: wire,
  },
  {
    name: 'egress: an answer may drip for ever',
    file: send,
    find: '    signal,\n  };',
    replace: '  };',
    tests: wire,
  },
  {
    name: 'egress: headers come without end',
    file: send,
    find: '    maxHeaderSize: MAX_HEADER_BYTES,\n',
    replace: '    maxHeaderSize: 1024 * 1024,\n',
    tests: wire,
  },
  {
    name: 'egress: a lost answer is told as never sent',
    file: send,
    find: "settle(connected ? { kind: 'lost', detail } :",
    replace: "settle(connected && detail === '' ? { kind: 'lost', detail } :",
    tests: wire,
  },
  {
    name: 'egress: an answer is read whatever its size',
    file: answer,
    find: "if (size > maxBytes) return { ...answered, unread: 'too-large' };",
    replace: '',
    tests: wire,
  },
  {
    name: 'egress: a compressed answer is taken as text',
    file: answer,
    find: "if (encoding !== 'identity' && encoding !== '') return { ...answered, unread: 'compressed' };",
    replace: '',
    tests: wire,
  },
  {
    name: 'http: a redirect of what took effect is a clear no',
    file: 'functions/aws/connectors/connect-http.ts',
    find: "const done = method !== 'GET' && (status === 302 || status === 303);",
    replace: 'const done = false;',
    tests: http,
  },
  {
    name: 'http: a field climbs out of its path',
    file: 'functions/aws/connectors/build-http-request.ts',
    find: 'return moved === undefined\n',
    replace: 'return moved !== moved + String(moved)\n',
    tests: http,
  },
  {
    name: 'http: a header holds line breaks',
    file: 'functions/aws/egress/authorization/authorize.ts',
    find: '/^[\\t\\x20-\\x7e]*$/.test(value);',
    replace: 'value.length >= 0;',
    tests: http,
  },
  {
    name: 'http: the plan lets a field name its host',
    file: 'core/governance/check-connector.ts',
    find: '...names.filter(isOwnHeader)',
    replace: '...names.filter(() => false)',
    tests: ['test/core/governance/check-connector.test.ts'],
  },
  {
    name: 'http: the plan opens any network',
    file: 'core/governance/check-systems.ts',
    find: '.filter((network) => !canBeOpened(network))',
    replace: '.filter((network) => network === "")',
    tests: ['test/core/governance/check-connector.test.ts'],
  },
  {
    name: 'http: a later try that reached nobody clears the doubt',
    file: 'functions/aws/call-tool.ts',
    find: 'doubt && answer.sent === false ?',
    replace: 'doubt && answer.sent === undefined && false ?',
    tests: ['test/functions/aws/call-tool.test.ts'],
  },
  {
    name: 'secret: it comes back in the outcome',
    file: 'functions/aws/egress/reach.ts',
    find: '{ text: mask(answer.text) }',
    replace: '{ text: answer.text }',
    tests: canary,
  },
  {
    name: 'secret: it comes back in base64',
    file: 'functions/aws/egress/mask-secrets.ts',
    find: 'return [...plain, ...runs, ...urlSafe, hex, hex.toUpperCase()]',
    replace: 'return [...plain, hex, hex.toUpperCase()]',
    tests: canary,
  },
  {
    name: 'secret: it comes back with escapes',
    file: 'functions/aws/egress/mask-secrets.ts',
    find: 'const next = last.flatMap(decodings)',
    replace: 'const next = last.slice(0, 0)',
    tests: canary,
  },
  {
    name: 'secret: it comes back in the host of a redirect',
    file: 'functions/aws/connectors/connect-http.ts',
    find: '${mask(hostOf(headers.location))}',
    replace: '${hostOf(headers.location)}',
    tests: canary,
  },
  {
    name: 'secret: a token comes back',
    file: 'functions/aws/egress/authorization/tokens.ts',
    find: 'secrets: [token, secret, pair]',
    replace: 'secrets: [secret, pair]',
    tests: canary,
  },
  {
    name: 'token: each call asks for its own',
    file: 'functions/aws/egress/authorization/tokens.ts',
    find: 'underWay.get(key) ?? start(',
    replace: 'start(',
    tests: tokens,
  },
  {
    name: 'token: one that was refused is kept',
    file: 'functions/aws/egress/authorization/tokens.ts',
    find: 'refused?.secrets.includes(known.token) === true',
    replace: 'refused?.secrets.includes("") === true',
    tests: tokens,
  },
  {
    name: 'token: an at-most-once call is made twice',
    file: 'functions/aws/egress/reach.ts',
    find: 'if (!newer || !request.again) return answer;',
    replace: 'if (!newer) return answer;',
    tests: tokens,
  },
  {
    name: 'output: a schema is not held against the answer',
    file: 'functions/aws/connectors/output-rules.ts',
    find: '    check(output);\n',
    replace: '',
    tests: ['test/functions/aws/connectors/output-rules.test.ts'],
  },
  {
    name: 'output: an answer that misses its schema counts as nothing done',
    file: 'functions/aws/connectors/output-rules.ts',
    find: "return { status: 'unknown', code: 'output-invalid', detail };",
    replace: "return { status: 'failed', code: 'output-invalid', detail };",
    tests: ['test/functions/aws/connectors/output-rules.test.ts'],
  },
  {
    name: 'output: what is sensitive is kept',
    file: 'functions/aws/connectors/output-rules.ts',
    find: 'output: redact(schema, output)',
    replace: 'output',
    tests: ['test/functions/aws/connectors/output-rules.test.ts'],
  },
  {
    name: 'output: what stands behind an unknown reference is shown',
    file: 'core/governance/redact.ts',
    find: "if (target === undefined) return 'unknown';",
    replace: '',
    tests: ['test/core/governance/redact.test.ts'],
  },
  {
    name: 'mcp upstream: the tool’s own error is a success',
    file: 'functions/aws/connectors/mcp/outcome.ts',
    find: 'if (isError) return',
    replace: 'if (false) return',
    tests: mcp,
  },
  {
    name: 'mcp upstream: a lost answer counts as nothing done',
    file: 'functions/aws/connectors/mcp/outcome.ts',
    find: '      return withoutAnswer(answer, system);',
    replace: "      return { ...withoutAnswer(answer, system), status: 'failed' };",
    tests: mcp,
  },
  {
    name: 'mcp upstream: the action’s key is left out',
    file: 'functions/aws/connectors/connect-mcp.ts',
    find: 'meta: { [KEY]: idempotencyKey },',
    replace: 'meta: {},',
    tests: mcp,
  },
];
