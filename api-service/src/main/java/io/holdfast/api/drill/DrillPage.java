package io.holdfast.api.drill;

import io.holdfast.api.job.JobResultView.FindingView;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A report as one HTML page that needs nothing else: no script, no image, no font. Everything that
 * came from outside is escaped.
 */
final class DrillPage {
  private static final String STYLE =
      """
      body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
      color:#1b1f24;background:#fff}
      h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
      table{border-collapse:collapse;width:100%}
      th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #d5dae0}
      th{width:14rem;font-weight:600}thead th{width:auto}
      .verdict,.o{display:inline-block;padding:.1rem .6rem;border-radius:.3rem;font-weight:600}
      .PASSED,.OK{background:#d7f0dd;color:#0b4f1f}
      .FAILED{background:#f9d7d7;color:#7a0c0c}
      .WARNING,.CANCELLED{background:#fbecc4;color:#5f4300}
      .RUNNING{background:#dbe7f8;color:#0d3b7a}
      code,pre{font-family:ui-monospace,monospace;font-size:.9em;white-space:pre-wrap;\
      overflow-wrap:anywhere}
      .hint{color:#57606a}
      """;

  private final StringBuilder html = new StringBuilder();

  private DrillPage() {}

  static String of(DrillReportView report) {
    DrillPage page = new DrillPage();
    page.head(report);
    page.asked(report);
    page.outcome(report);
    page.findings(report);
    page.html.append("</body></html>\n");
    return page.html.toString();
  }

  private void head(DrillReportView report) {
    String title = "Drill of cluster " + report.cluster();
    html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
        .append("<title>")
        .append(escape(title))
        .append("</title><style>\n")
        .append(STYLE)
        .append("</style></head><body>\n<h1>")
        .append(escape(title))
        .append("</h1>\n<p><span class=\"verdict ")
        .append(word(report.verdict()))
        .append("\">")
        .append(escape(report.verdict()))
        .append("</span></p>\n");
    if (report.problem() != null) {
      html.append("<p><strong>")
          .append(escape(report.problem().code()))
          .append("</strong> ")
          .append(escape(report.problem().detail()))
          .append("</p>\n");
      if (report.problem().hint() != null) {
        html.append("<p class=\"hint\">").append(escape(report.problem().hint())).append("</p>\n");
      }
    }
    Map<String, Object> rows = new LinkedHashMap<>();
    rows.put("Job", report.jobId());
    rows.put("Requested by", report.requestedBy());
    rows.put("Requested", report.createdAt());
    rows.put("Started", report.startedAt());
    rows.put("Finished", report.finishedAt());
    rows.put("Worker", report.worker());
    table(rows);
  }

  private void asked(DrillReportView report) {
    DrillReportView.AskedView asked = report.asked();
    html.append("<h2>Asked</h2>\n");
    Map<String, Object> rows = new LinkedHashMap<>();
    rows.put("Target", asked.value() == null ? asked.type() : asked.type() + " " + asked.value());
    rows.put("Inclusive", asked.inclusive());
    rows.put("Timeline", asked.timeline());
    rows.put("Recovery time objective", asked.recoveryTimeObjective());
    rows.put("Recovery point objective", asked.recoveryPointObjective());
    rows.put("Indexes checked", asked.amcheck() ? "yes" : "no");
    table(rows);
    if (!asked.assertions().isEmpty()) {
      html.append("<table><thead><tr><th>Assertion</th><th>Database</th><th>Statement</th>")
          .append("<th>Expected</th></tr></thead><tbody>\n");
      asked
          .assertions()
          .forEach(
              assertion ->
                  html.append("<tr><td>")
                      .append(escape(assertion.name()))
                      .append("</td><td>")
                      .append(escape(assertion.database()))
                      .append("</td><td><pre>")
                      .append(escape(assertion.sql()))
                      .append("</pre></td><td>")
                      .append(escape(assertion.expected() == null ? "true" : assertion.expected()))
                      .append("</td></tr>\n"));
      html.append("</tbody></table>\n");
    }
    html.append("<h2>Base backup</h2>\n");
    Map<String, Object> base = new LinkedHashMap<>();
    base.put("Backup", report.base().backupId());
    base.put("Finished", report.base().finishedAt());
    base.put("Timeline", report.base().timeline());
    base.put("Start LSN", report.base().startLsn());
    base.put("Stop LSN", report.base().stopLsn());
    table(base);
  }

  private void outcome(DrillReportView report) {
    html.append("<h2>Reached</h2>\n");
    Map<String, Object> rows = new LinkedHashMap<>();
    rows.put("Recovery took, seconds", report.recoverySeconds());
    rows.put("Before the target, seconds", report.lossSeconds());
    rows.putAll(report.facts());
    table(rows);
  }

  private void findings(DrillReportView report) {
    html.append("<h2>Findings</h2>\n");
    if (report.findings().isEmpty()) {
      html.append("<p>None were reported.</p>\n");
      return;
    }
    html.append("<table><thead><tr><th>Check</th><th>Outcome</th><th>What was found</th>")
        .append("</tr></thead><tbody>\n");
    for (FindingView finding : report.findings()) {
      html.append("<tr><td><code>")
          .append(escape(finding.check()))
          .append("</code></td><td><span class=\"o ")
          .append(word(finding.outcome()))
          .append("\">")
          .append(escape(finding.outcome()))
          .append("</span></td><td>")
          .append(escape(finding.sentence()));
      if (finding.hint() != null) {
        html.append("<div class=\"hint\">").append(escape(finding.hint())).append("</div>");
      }
      html.append("</td></tr>\n");
    }
    html.append("</tbody></table>\n");
  }

  /** Rows without a value are left out. */
  private void table(Map<String, Object> rows) {
    html.append("<table><tbody>\n");
    rows.forEach(
        (name, value) -> {
          if (value != null) {
            html.append("<tr><th>")
                .append(escape(name))
                .append("</th><td><code>")
                .append(escape(value.toString()))
                .append("</code></td></tr>\n");
          }
        });
    html.append("</tbody></table>\n");
  }

  /** Safe as the name of a class. */
  private static String word(String text) {
    return text == null ? "" : text.replaceAll("[^A-Z]", "");
  }

  private static String escape(String text) {
    return text == null
        ? ""
        : text.replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("\"", "&quot;")
            .replace("'", "&#39;");
  }
}
