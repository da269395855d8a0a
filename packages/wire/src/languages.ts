/** Language codes that settings and searches may name: Algolia's list. */
const LANGUAGES: ReadonlySet<string> = new Set(
  (
    'af ar az bg bn ca cs cy da de el en eo es et eu fa fi fo fr ga gl he hi hu hy id is it ja ka kk ko ku ky lt lv mi mn mr ms ' +
    'mt nb nl no ns pl ps pt pt-br qu ro ru sk sq sv sw ta te th tl tn tr tt uk ur uz zh'
  ).split(' '),
);

export function isLanguage(code: string): boolean {
  return LANGUAGES.has(code.toLowerCase());
}
