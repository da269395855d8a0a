import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopFieldCollector;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.store.MMapDirectory;

/**
 * Lucene, measured in a process of its own. Commands and output files are those of peer-host.ts.
 *
 * Variants: "prefix" (all words, the last one as prefix), "fuzzy" (FuzzyQuery of one edit from four letters on, of two from
 * eight on; the last word as prefix or fuzzy), each also "… counted". Without "counted" the search stops as soon as the index
 * sort allows, and totals are lower bounds. One segment, index sort by rank, no query cache (queries repeat here).
 */
public final class LuceneHost {
  private static final int HITS = 20;
  private static final Sort BY_RANK = new Sort(new SortField("rank", SortField.Type.LONG, true));
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static IndexSearcher searcher;
  private static Analyzer analyzer;

  public static void main(String[] arguments) throws Exception {
    analyzer =
        new Analyzer() {
          @Override
          protected TokenStreamComponents createComponents(String field) {
            StandardTokenizer source = new StandardTokenizer();
            return new TokenStreamComponents(source, new ASCIIFoldingFilter(new LowerCaseFilter(source)));
          }
        };
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] fields = line.split("\t");
      System.out.println(fields[0].equals("index") ? index(fields) : run(fields));
      System.out.flush();
    }
  }

  private static String index(String[] fields) throws Exception {
    long wallStart = System.nanoTime();
    long cpuStart = processCpuNanos();
    MMapDirectory directory = new MMapDirectory(Paths.get(fields[4]));
    IndexWriterConfig config = new IndexWriterConfig(analyzer).setIndexSort(BY_RANK).setRAMBufferSizeMB(256);
    try (IndexWriter writer = new IndexWriter(directory, config);
        BufferedReader texts = Files.newBufferedReader(Paths.get(fields[2]), StandardCharsets.UTF_8)) {
      for (String line = texts.readLine(); line != null; line = texts.readLine()) {
        String[] parts = line.split("\t", 3);
        Document document = new Document();
        document.add(new StoredField("id", parts[0]));
        document.add(new NumericDocValuesField("rank", Long.parseLong(parts[1])));
        document.add(new TextField("text", parts[2], Field.Store.NO));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
      writer.commit();
    }
    searcher = new IndexSearcher(DirectoryReader.open(directory));
    searcher.setQueryCache(null);
    return answer("indexed", wallStart, cpuStart, "\"note\":\"one segment, heap " + (Runtime.getRuntime().maxMemory() >> 20) + " MB\"");
  }

  private static String run(String[] fields) throws Exception {
    long wallStart = System.nanoTime();
    long cpuStart = processCpuNanos();
    long limitNanos = Long.parseLong(fields[4]) * 1_000_000L;
    boolean fuzzy = fields[1].startsWith("fuzzy");
    boolean counted = fields[1].endsWith("counted");
    Path queries = Paths.get(fields[2]);
    int count = 0;
    try (BufferedWriter output = Files.newBufferedWriter(Paths.get(fields[3]), StandardCharsets.UTF_8)) {
      for (String query : Files.readAllLines(queries, StandardCharsets.UTF_8)) {
        if (System.nanoTime() - wallStart > limitNanos) break;
        if (count > 0) output.write('\n');
        output.write(measure(query, fuzzy, counted));
        count += 1;
      }
    }
    return answer("ran", wallStart, cpuStart, "\"queryCount\":" + count);
  }

  private static String measure(String text, boolean fuzzy, boolean counted) throws Exception {
    long cpuStart = THREADS.getCurrentThreadCpuTime();
    long wallStart = System.nanoTime();
    TopFieldCollector collector = TopFieldCollector.create(BY_RANK, HITS, counted ? Integer.MAX_VALUE : HITS);
    searcher.search(parse(text, fuzzy), collector);
    TopDocs found = collector.topDocs();
    StringBuilder ids = new StringBuilder();
    for (ScoreDoc hit : found.scoreDocs) {
      if (ids.length() > 0) ids.append(',');
      ids.append(searcher.doc(hit.doc).get("id"));
    }
    long wall = System.nanoTime() - wallStart;
    long cpu = THREADS.getCurrentThreadCpuTime() - cpuStart;
    String relation = found.totalHits.relation == TotalHits.Relation.EQUAL_TO ? "=" : ">";
    return cpu + "\t" + wall + "\t" + found.totalHits.value + "\t" + relation + "\t" + ids;
  }

  private static Query parse(String text, boolean fuzzy) throws Exception {
    List<String> words = new ArrayList<>();
    try (TokenStream tokens = analyzer.tokenStream("text", text)) {
      CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
      tokens.reset();
      while (tokens.incrementToken()) words.add(term.toString());
      tokens.end();
    }
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    for (int at = 0; at < words.size(); at++) {
      Term term = new Term("text", words.get(at));
      boolean last = at == words.size() - 1;
      int length = words.get(at).length();
      int edits = !fuzzy || length < 4 ? 0 : length < 8 ? 1 : 2;
      Query exact = last ? new PrefixQuery(term) : new TermQuery(term);
      Query word = exact;
      if (edits > 0 && last) {
        word =
            new BooleanQuery.Builder()
                .add(exact, BooleanClause.Occur.SHOULD)
                .add(new FuzzyQuery(term, edits), BooleanClause.Occur.SHOULD)
                .build();
      } else if (edits > 0) {
        word = new FuzzyQuery(term, edits);
      }
      all.add(word, BooleanClause.Occur.MUST);
    }
    return all.build();
  }

  private static String answer(String kind, long wallStart, long cpuStart, String more) {
    double wallMs = (System.nanoTime() - wallStart) / 1e6;
    double cpuMs = (processCpuNanos() - cpuStart) / 1e6;
    return "{\"kind\":\"" + kind + "\",\"wallMs\":" + wallMs + ",\"cpuMs\":" + cpuMs + "," + more + "}";
  }

  private static long processCpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }
}
