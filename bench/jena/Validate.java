import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.ValidationReport;
import org.apache.jena.shacl.validation.ReportEntry;
import org.apache.jena.sparql.graph.GraphFactory;

/**
 * Validates one file over and over, so that start and warming up of the virtual machine are over when time counts.
 * Lines on standard input: "load SHAPES DATA" (separated by tabs), "validate", "results". Answers end with a line
 * "done MILLISECONDS"; before it, "results" prints focus node, source shape and component, separated by tabs.
 */
public class Validate {
    private static Shapes shapes;
    private static Graph data;
    private static ValidationReport report;

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split("\t");
            long started = System.nanoTime();
            switch (words[0]) {
                case "load" -> load(words[1], words[2]);
                case "validate" -> report = ShaclValidator.get().validate(shapes, data);
                case "results" -> report.getEntries().forEach(entry -> print(out, entry));
                default -> throw new IllegalArgumentException(line);
            }
            out.println("done " + (System.nanoTime() - started) / 1e6);
            out.flush();
        }
    }

    private static void load(String shapesFile, String dataFile) {
        shapes = Shapes.parse(RDFDataMgr.loadGraph(shapesFile));
        data = GraphFactory.createGraphMem();
        RDFDataMgr.read(data, dataFile);
    }

    private static void print(PrintStream out, ReportEntry entry) {
        out.println(text(entry.focusNode()) + "\t" + text(entry.source()) + "\t"
                + text(entry.sourceConstraintComponent()));
    }

    private static String text(Node node) {
        if (node == null) {
            return "";
        }
        return node.isURI() ? node.getURI() : node.isBlank() ? "_:" : node.toString();
    }
}
