/** What the server tells the page about itself. */
export interface PageConfig {
  readonly applicationId: string;
  /** May only search, so that anyone may see it. */
  readonly searchKey: string;
  /** Names of the indexes to show. */
  readonly indexes: readonly string[];
}

/** Throws an `Error` whose message can be shown. */
export async function loadPageConfig(): Promise<PageConfig> {
  const response = await fetch('/skein/page-config.json', { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`The server did not say how to reach it (status ${response.status}).`);
  const value = (await response.json()) as Partial<PageConfig> | null;
  if (typeof value?.applicationId !== 'string' || typeof value.searchKey !== 'string') {
    throw new Error('The server did not say how to reach it.');
  }
  return {
    applicationId: value.applicationId,
    searchKey: value.searchKey,
    indexes: (value.indexes ?? []).filter((name) => typeof name === 'string'),
  };
}
