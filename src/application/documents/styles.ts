/**
 * The look of mails and of the page for print. Nothing sets a colour of text or of background, so
 * that a dark mode, which may invert either, cannot make one vanish before the other; greys are
 * readable on black and on white.
 */
const SHARED = `
body { margin: 0; padding: 0; font: 15px/1.5 Helvetica, Arial, sans-serif;
  overflow-wrap: break-word; }
h1 { font-size: 20px; line-height: 1.3; margin: 28px 0 8px; }
h2 { font-size: 15px; margin: 20px 0 4px; }
p { margin: 0 0 12px; }
table { border-collapse: collapse; border-spacing: 0; margin-top: 12px; }
th, td { padding: 4px 0; text-align: left; vertical-align: top; }
th { font-size: 13px; font-weight: 600; }
th + th, td + td { padding-left: 12px; }
.i { overflow-wrap: anywhere; }
.t { text-align: right; }
.r { width: 1%; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.d { font-size: 13px; color: #767676; }
.k { margin-bottom: 12px; }
.l td, .l th { border-bottom: 1px solid #999999; }
.s td { font-weight: 600; border-top: 1px solid #999999; }
`;

export const MAIL_STYLES = `${SHARED}
.p { width: 100%; max-width: 600px; margin: 0 auto; }
.p .b { padding: 20px; }
`;

/** The styles for paper, and for browsers on large and small screens. */
export const PAGE_STYLES = `${SHARED}
@media screen { :root { color-scheme: light dark; } }
main { max-width: 800px; margin: 0 auto; padding: 24px; }
.parties { display: flex; flex-wrap: wrap; gap: 8px 40px; }
.parties > div { flex: 1 1 200px; }
thead { display: table-header-group; }
tr, .k { break-inside: avoid; }
h2 { break-after: avoid; }
.n { display: none; }
.w.t { min-width: 68px; }
@media (max-width: 560px) {
  main { padding: 16px; }
  .w { display: none; }
  .n { display: block; }
}
@media print {
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  th, .d { font-size: 8.5pt; }
  h1 { font-size: 15pt; margin-top: 0; }
  h2 { font-size: 10pt; }
}
`;
