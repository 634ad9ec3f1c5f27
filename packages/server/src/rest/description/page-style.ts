/** How the page of the API looks, by day and by night; on paper and on a telephone too. */
export const pageStyle = `
:root { --ink: #1c2230; --faint: #667085; --paper: #fcfcfd; --side: #f3f4f7; --line: #e2e5eb; --link: #2f57c4; --code: #eef0f5; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7ee; --faint: #98a1b3; --paper: #14171e; --side: #1a1e27; --line: #2b313d; --link: #8fb0ff; --code: #222732; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; display: grid; grid-template-columns: 21rem minmax(0, 1fr); color: var(--ink); background: var(--paper); font: 15px/1.55 system-ui, sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem 1rem; background: var(--side); border-right: 1px solid var(--line); font-size: 13px; }
nav h2 { margin: 1.1rem 0 .3rem; font-size: 12px; letter-spacing: .06em; text-transform: uppercase; }
nav h2 a { color: var(--faint); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: grid; grid-template-columns: 3.9em 1fr; gap: .5em; align-items: start; padding: .15rem .3rem; border-radius: 4px; color: var(--ink); overflow-wrap: anywhere; }
nav li a:hover { background: var(--code); }
main { padding: 2rem clamp(1rem, 4vw, 3.5rem) 40vh; max-width: 62rem; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
h1 { font-size: 1.9rem; margin: 0 0 .5rem; }
section > h2 { margin: 3rem 0 1rem; padding-bottom: .3rem; border-bottom: 2px solid var(--line); font-size: 1.3rem; text-transform: capitalize; }
article { padding: 1rem 0 1.4rem; border-bottom: 1px solid var(--line); }
article:target { box-shadow: -1rem 0 0 var(--paper), calc(-1rem - 3px) 0 0 var(--link); }
h3 { margin: 0 0 .3rem; font: 600 1.02rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
h3 a { color: inherit; }
h4 { margin: 1rem 0 .25rem; font-size: .8rem; color: var(--faint); text-transform: uppercase; letter-spacing: .05em; }
p { margin: .4rem 0; }
.also, small { color: var(--faint); font-size: .87rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .87em; }
code { background: var(--code); padding: .08em .32em; border-radius: 4px; overflow-wrap: anywhere; }
code.type { background: none; padding: 0; color: var(--faint); }
pre { margin: 1rem 0 0; padding: .7rem .9rem; background: var(--code); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .32rem .6rem .32rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
th { width: 11rem; font-weight: 500; }
.error th { color: var(--faint); }
.method { display: inline-block; min-width: 3.6em; padding: .05em .45em; border-radius: 4px; color: #fff; font: 600 .74em/1.6 ui-monospace, monospace; text-align: center; }
.get { background: #2c6e49; } .post { background: #2f57c4; } .put, .patch { background: #8a5a00; } .delete { background: #b3362b; }
@media (max-width: 56rem) { body { display: block; } nav { position: static; height: auto; max-height: 40vh; border: 0; } th { width: 8rem; } }
@media print { nav { display: none; } body { display: block; } article { break-inside: avoid; } }
`;
