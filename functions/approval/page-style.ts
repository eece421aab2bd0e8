import { createHash } from 'node:crypto';

/** The one style of the decision page: calm, readable from 320 px on, light and dark. */
export const style = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#17202b;--dim:#556170;--line:#dde2e8;--yes:#0b6b3a;--no:#a3231f;--focus:#1a5fd0;--mark:#fff6d6}
@media (prefers-color-scheme:dark){:root{--bg:#10151b;--card:#18202a;--ink:#e8edf3;--dim:#a3b0bf;--line:#2c3744;--yes:#187a46;--no:#c8443f;--focus:#7fb0ff;--mark:#3a3215}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:17px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:40rem;margin:0 auto;padding:1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem 1.1rem;margin:0 0 1rem}
h1{font-size:1.35rem;line-height:1.25;margin:.25rem 0 .75rem;overflow-wrap:anywhere}
h2{font-size:1rem;margin:0 0 .5rem;color:var(--dim);font-weight:600}
p{margin:.4rem 0}
dl{margin:0;display:grid;grid-template-columns:minmax(6rem,auto) minmax(0,1fr);gap:.35rem 1rem}
dt{color:var(--dim);overflow-wrap:anywhere}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
blockquote{margin:.4rem 0;padding:.5rem .8rem;border-left:4px solid var(--line);overflow-wrap:anywhere;white-space:pre-wrap}
.notice{background:var(--mark);border-radius:8px;padding:.6rem .8rem}
.dim{color:var(--dim);font-size:.92rem}
label{display:block;font-weight:600;margin:.25rem 0}
textarea{width:100%;min-height:5rem;padding:.6rem;border:1px solid var(--dim);border-radius:8px;background:var(--bg);color:var(--ink);font:inherit}
.buttons{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:.75rem;margin-top:.9rem}
button{min-height:3rem;border:0;border-radius:10px;color:#fff;font:inherit;font-weight:700;cursor:pointer}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.4rem 0;font:.92rem/1.4 ui-monospace,monospace}
a,summary{color:var(--focus)}summary{padding:.4rem 0;cursor:pointer}
input:not([type=hidden]){width:100%;min-height:2.75rem;padding:.5rem .6rem;border:1px solid var(--dim);border-radius:8px;background:var(--bg);color:var(--ink);font:inherit;margin:0 0 .5rem}
.plain{background:var(--card);color:var(--ink);border:1px solid var(--dim)}
.yes{background:var(--yes)}.no{background:var(--no)}
button:focus-visible,textarea:focus-visible,input:focus-visible,a:focus-visible,summary:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
@media (max-width:26rem){dl{grid-template-columns:minmax(0,1fr)}dt{margin-top:.35rem}}
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** The exact policy of the page: its own style by hash and its own form, nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of every answer of the page; it must be neither cached, indexed, framed nor leaked. */
export const pageHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
  'x-frame-options': 'DENY',
} as const;
