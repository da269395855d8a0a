/**
 * Cuts text of scripts that are written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) into words, by
 * the dictionaries of ICU. Making a segmenter costs milliseconds and most indexes never need one: it is made on first
 * use and shared by all indexes with the same language.
 */
const LANGUAGES: ReadonlySet<string> = new Set(['zh', 'ja', 'th', 'lo', 'km', 'my']);
const segmenters = new Map<string, Intl.Segmenter>();

/** The first language that decides how such text is cut; the others do not matter. */
export function segmentationLanguage(indexLanguages: readonly string[]): string {
  return indexLanguages.find((language) => LANGUAGES.has(language)) ?? 'und';
}

/** Calls `emit` with the start and end of each word of `text.slice(start, end)`, as offsets in `text`. */
export function segmentWords(
  text: string,
  range: { readonly start: number; readonly end: number },
  language: string,
  emit: (start: number, end: number) => void,
): void {
  let segmenter = segmenters.get(language);
  if (segmenter === undefined) {
    segmenter = new Intl.Segmenter(language, { granularity: 'word' });
    if (segmenters.size === 0) loadDictionaries(segmenter);
    segmenters.set(language, segmenter);
  }
  for (const { segment, index } of segmenter.segment(text.slice(range.start, range.end))) {
    emit(range.start + index, range.start + index + segment.length);
  }
}

/** A few words of each script. */
const SAMPLES = '日本語 ひらがな カタカナ ภาษาไทย ພາສາລາວ ភាសាខ្មែរ မြန်မာဘာသာ';

/**
 * ICU loads a script's dictionary when it first meets a word of it, and until then cuts what stands before such a word
 * otherwise: `ー語` was one word for the first text of a process and two ever after. Members have to agree, so all are loaded first.
 */
function loadDictionaries(segmenter: Intl.Segmenter): void {
  for (const word of segmenter.segment(SAMPLES)) void word;
}
