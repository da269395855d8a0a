import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HITS, type Peer } from './peer.ts';
import { plainWords, readTextRecords } from './read-lines.ts';

/**
 * SQLite's FTS5 with prefix indexes. Rows are inserted by descending rank, so that `ORDER BY rowid` is the wanted order and
 * stops after 20 rows; counting needs a second statement.
 */
export function createSqlitePeer(): Peer {
  return {
    index({ textFile, folder }) {
      const database = new DatabaseSync(join(folder, 'fts.sqlite'));
      database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA mmap_size = 1000000000');
      database.exec(
        `CREATE VIRTUAL TABLE texts USING fts5(text, id UNINDEXED, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2')`,
      );
      const records = [...readTextRecords(textFile)].sort((a, b) => b.rank - a.rank);
      const insert = database.prepare('INSERT INTO texts (rowid, text, id) VALUES (?, ?, ?)');
      database.exec('BEGIN');
      for (const [at, { text, id }] of records.entries()) insert.run(at + 1, text, id);
      database.exec('COMMIT');
      database.exec("INSERT INTO texts (texts) VALUES ('optimize')");
      const best = database.prepare(`SELECT id FROM texts WHERE texts MATCH ? ORDER BY rowid LIMIT ${HITS}`);
      const byScore = database.prepare(
        `SELECT id FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ${HITS}`,
      );
      const count = database.prepare('SELECT count(*) AS total FROM texts WHERE texts MATCH ?');
      return {
        note: `SQLite ${process.versions['sqlite'] ?? ''}`,
        search(variant, query) {
          const match = plainWords(query)
            .map((word) => `"${word}"`)
            .join(' ');
          const statement = variant === 'bm25' ? byScore : best;
          const ids = statement.all(`${match}*`).map((row) => String(row['id']));
          if (variant !== 'counted') return { ids, total: undefined, totalIs: 'at least' };
          return { ids, total: Number(count.get(`${match}*`)?.['total']), totalIs: 'exact' };
        },
      };
    },
  };
}
