/** The style of cards, light and dark. */
import { bothSchemes, whenDark } from "../theme.js";

export const cardStyle = `
:root{${bothSchemes};--ink:#1c2330;--soft:#5b6575;--line:#d8dde5;--paper:#fff;--box:#f4f6f9;--mark:#fff3cf;--bad:#b42318;--accent:#2f6fde}
${whenDark}{:root{--ink:#e6e9ef;--soft:#9aa4b5;--line:#333b49;--paper:#14181f;--box:#1c222c;--mark:#3d3413;--bad:#ff8a7a;--accent:#7aa7ff}}
body{margin:0 auto;padding:1.5rem;max-width:60rem;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
header{border-bottom:1px solid var(--line);margin-bottom:1rem}h1{margin:0;font-size:1.5rem}header p{margin:.2rem 0 .6rem;color:var(--soft)}
a{color:var(--accent)}pre{overflow:auto;padding:.7rem;background:var(--box);border-radius:6px}code{font:13px/1.45 ui-monospace,monospace}
figure{margin:1rem 0;overflow-x:auto}figcaption,.rest{color:var(--soft);font-size:.9em;margin-top:.3rem}img{max-width:100%;background:#fff;border-radius:6px}.themed{background:none}
table{border-collapse:collapse}th,td{padding:.25rem .7rem;border-bottom:1px solid var(--line);text-align:left}td{min-width:4rem}td:first-child{min-width:8rem}th,.number{overflow-wrap:normal}.number{text-align:right;font-variant-numeric:tabular-nums}td.number{min-width:0;white-space:nowrap}.mark{background:var(--mark)}
.values{display:flex;flex-wrap:wrap;gap:.8rem;margin:1rem 0}.values div{flex:1 1 9rem;padding:.7rem 1rem;background:var(--box);border-radius:8px}.values span,.values small{display:block;color:var(--soft)}.values strong{font-size:1.5rem}
.progress{display:flex;gap:.8rem;align-items:center;margin:.6rem 0}.progress progress{flex:1}.progress small{color:var(--soft)}
.error{border-left:4px solid var(--bad);padding:.4rem 1rem;margin:1rem 0;background:var(--box)}.error strong{color:var(--bad);white-space:pre-wrap}
.live{color:var(--accent)}blockquote{margin:0;padding-left:1rem;border-left:3px solid var(--line);color:var(--soft)}
@media screen and (max-width:40rem){.themed{max-width:none}}
@media print{body{padding:0;font-size:12px}h1,h2,h3{break-after:avoid}tr,img{break-inside:avoid}th,td{padding:.2rem .4rem}td{min-width:0}}
`.trim();
