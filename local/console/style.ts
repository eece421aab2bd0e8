/** The console's one style: calm, readable from 320 px on, light and dark. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--ink:#18212c;--dim:#566272;--line:#dfe4ea;--link:#1757b8;--ok:#0b6b3a;--ok-bg:#e2f4ea;--bad:#a3231f;--bad-bg:#fbe6e4;--now:#1757b8;--now-bg:#e4eefb;--off:#566272;--off-bg:#eceff3;--c0:#1f6fd6;--c1:#c2500c;--c2:#0f766e;--c3:#8a3ffc;--c4:#c11f68;--c5:#4d7c0f;--c6:#8a5a00;--rest:#cbd2da}
@media (prefers-color-scheme:dark){:root{--bg:#0f141a;--card:#171e27;--ink:#e6ebf1;--dim:#9facbb;--line:#2a3441;--link:#86b6ff;--ok:#6fdc9f;--ok-bg:#12311f;--bad:#ff9d97;--bad-bg:#3d1a18;--now:#9cc4ff;--now-bg:#15294a;--off:#9facbb;--off-bg:#242d38;--c0:#6ea8ff;--c1:#ff9d5c;--c2:#4fd1c5;--c3:#c4a1ff;--c4:#ff8fbf;--c5:#a8d65c;--c6:#e8c468;--rest:#465466}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
header{background:var(--card);border-bottom:1px solid var(--line)}
header>div,main,footer{max-width:80rem;margin:0 auto;padding:0 1rem}
header>div{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem 1.5rem;padding-top:.7rem}
.brand{margin:0;font-weight:700}
.brand span{font-weight:400;color:var(--dim);margin-left:.35rem}
nav ul,.choices{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;list-style:none;margin:0;padding:0}
nav a,.choices a{display:inline-block;padding:.35rem 0 .4rem;border-bottom:3px solid transparent;text-decoration:none}
.choices{margin:0 0 1rem}.choices a::first-letter{text-transform:uppercase}
nav a{color:var(--dim)}
nav a:hover,.choices a:hover{border-color:var(--line)}
nav a[aria-current],.choices a[aria-current]{color:var(--ink);border-color:var(--link);font-weight:600}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.4rem .8rem;z-index:1}
main{padding-top:1.25rem}
footer{padding-top:.5rem;padding-bottom:2rem;color:var(--dim);font-size:.9rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .8rem;overflow-wrap:anywhere}h1.mono{font-size:1.2rem}
h2{font-size:1.05rem;line-height:1.3;margin:0 0 .6rem}
h3{font-size:1rem;margin:.8rem 0 .3rem}
p{margin:.4rem 0}
ul,ol{padding-left:1.2rem;margin:.4rem 0}
.dim{color:var(--dim);font-size:.92rem}
.lead{color:var(--dim);margin:-.55rem 0 1.1rem}.choices+.lead{margin-top:0}
.mono{font-family:ui-monospace,monospace;font-size:.88em;overflow-wrap:anywhere}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem 1.1rem;margin:0 0 1rem;min-width:0}
.cards{display:grid;gap:1rem;grid-template-columns:minmax(0,1fr);margin:0 0 1rem}
.cards>.card{margin:0}
.tiles{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(8.2rem,1fr));margin:0 0 1rem;padding:0;list-style:none}
.tiles a,.tiles div{display:block;height:100%;margin:0;color:inherit;text-decoration:none}
.tiles a:hover{border-color:var(--link)}
.tiles strong,.big{display:block;font-size:1.9rem;line-height:1.15;font-weight:650;letter-spacing:-.01em}
.big{font-size:2.1rem;margin:.1rem 0}
.tiles .alarm strong{color:var(--bad)}
table{border-collapse:collapse;width:100%}
caption{text-align:left;font-weight:650;font-size:1.05rem;padding:0 0 .5rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-top:1px solid var(--line);font-weight:400}
thead th{border-top:0;color:var(--dim);font-size:.88rem;padding-top:0}
th:last-child,td:last-child{padding-right:0}
.num{text-align:right;white-space:nowrap}
td a,th a{overflow-wrap:anywhere}
td .dim,th .dim,.timeline .dim{display:block}
.links a{margin-right:1rem}
.badge{display:inline-block;border-radius:99px;padding:.05rem .6rem;margin:.1rem .3rem .1rem 0;font-size:.85rem;font-weight:600;white-space:nowrap;color:var(--off);background:var(--off-bg)}
.badge.running{color:var(--now);background:var(--now-bg)}
.badge.succeeded{color:var(--ok);background:var(--ok-bg)}
.badge.failed,.badge.timed-out{color:var(--bad);background:var(--bad-bg)}
dl{margin:0;display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.35rem 1.25rem}
dt{color:var(--dim)}dd{margin:0}
.timeline{list-style:none;margin:0;padding:0}
.timeline li{position:relative;display:grid;grid-template-columns:4.6rem minmax(0,1fr);column-gap:.5rem;padding:0 0 .9rem 1.5rem;border-left:2px solid var(--line);margin-left:.4rem}
.timeline li:last-child{border-color:transparent;padding-bottom:0}
.timeline li::before{content:"";position:absolute;left:-.45rem;top:.4rem;width:.75rem;height:.75rem;border-radius:50%;background:var(--card);border:2px solid var(--dim)}
.timeline .enter::before{background:var(--now);border-color:var(--now)}
.timeline .good::before{background:var(--ok);border-color:var(--ok)}
.timeline .bad::before{background:var(--bad);border-color:var(--bad)}
.mail{white-space:pre-wrap;margin:0;font:inherit;overflow-wrap:anywhere}
.button{display:inline-block;margin-top:.5rem;background:var(--link);color:var(--card);font-weight:650;border-radius:10px;padding:.6rem 1.1rem;text-decoration:none}
iframe{width:100%;height:24rem;border:1px solid var(--line);border-radius:8px;background:#fff;color-scheme:light;margin-top:.6rem}
summary{cursor:pointer;color:var(--link)}
.unit{display:flex;justify-content:space-between;gap:1rem;color:var(--dim);font-size:.8rem;margin:0 0 .5rem}
.chart{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem .5rem;font-size:.78rem;color:var(--dim);margin:0 0 .7rem}
.y-axis{display:flex;flex-direction:column;justify-content:space-between;text-align:right;line-height:1.2;margin:-.6em 0;min-width:1.4rem}
.x-axis{grid-column:2;display:flex;justify-content:space-between}
.plot{width:100%;height:10rem;display:block;overflow:visible}
.plot path{fill:none;stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.plot .rules{stroke:var(--line);stroke-width:1}
.plot path.rest{stroke-width:1.2}
.plot .dots{stroke-width:6;stroke-linecap:round;stroke-dasharray:none}
.empty{display:flex;align-items:center;min-height:6rem;color:var(--dim)}
.legend{font-size:.85rem}
.legend th,.legend td{padding-top:.22rem;padding-bottom:.22rem}
.legend tbody th{padding-left:1.9rem}
.legend thead th{font-size:.8rem}
.key{width:1.4rem;height:.7rem;margin:0 .5rem 0 -1.9rem;vertical-align:-.03em}
.key path{stroke-width:3;fill:none}
.c0{stroke:var(--c0)}.c1{stroke:var(--c1)}.c2{stroke:var(--c2)}.c3{stroke:var(--c3)}.c4{stroke:var(--c4)}.c5{stroke:var(--c5)}.c6{stroke:var(--c6)}.rest{stroke:var(--rest)}
.c4,.c5,.c6{stroke-dasharray:6 3}
@media (min-width:44rem){.cards,.dashboard{grid-template-columns:repeat(2,minmax(0,1fr))}.wide{grid-column:1/-1}}
@media (min-width:64rem){.dashboard{grid-template-columns:repeat(24,minmax(0,1fr))}}
@media (max-width:34rem){.stack thead{position:absolute;clip-path:inset(50%)}.stack tr{display:block;border-top:1px solid var(--line);padding:.6rem 0}.stack tbody tr:first-child{border:0}.stack th,.stack td{display:block;border:0;padding:.05rem 0;text-align:left}.stack .num .dim{display:inline;margin-left:.5rem}}
@media (max-width:26rem){dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin:0 0 .5rem}.card{padding:.85rem .9rem}h1{font-size:1.4rem}}
`;
