import com.helger.diver.api.coord.DVRCoordinate;
import com.helger.io.resource.FileSystemResource;
import com.helger.phive.api.execute.ValidationExecutionManager;
import com.helger.phive.api.executorset.ValidationExecutorSetRegistry;
import com.helger.phive.api.validity.IValidityDeterminator;
import com.helger.phive.en16931.EN16931Validation;
import com.helger.phive.peppol.PeppolValidation2026_05;
import com.helger.phive.xml.source.IValidationSourceXML;
import com.helger.phive.xml.source.ValidationSourceXML;
import com.helger.phive.zugferd.ZugferdValidation;
import java.io.File;
import java.io.FileInputStream;
import java.util.Map;
import java.util.TreeSet;
import java.util.Set;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;

/**
 * Asks the rules of others whether documents are right: those of Factur-X, which begin with EN 16931's, those of Peppol
 * BIS Billing 3.0 (both by phive, with the XML Schemas first), and PDF/A-3b (by veraPDF). Arguments are pairs of a kind
 * and a path. Prints a line for each pair: the path, a tab, and what is wrong, nothing where all is right.
 */
public class Validate {
  static final Map<String, DVRCoordinate> RULES = Map.of(
      "factur-x", ZugferdValidation.VID_ZUGFERD_2_4_EN16931,
      "peppol-invoice", PeppolValidation2026_05.VID_OPENPEPPOL_INVOICE_UBL_V3,
      "peppol-credit-note", PeppolValidation2026_05.VID_OPENPEPPOL_CREDIT_NOTE_UBL_V3);

  public static void main(String[] args) throws Exception {
    var registry = new ValidationExecutorSetRegistry<IValidationSourceXML>();
    EN16931Validation.initEN16931(registry);
    ZugferdValidation.initZugferd(registry);
    PeppolValidation2026_05.init(registry);
    VeraGreenfieldFoundryProvider.initialise();
    for (int at = 0; at + 1 < args.length; at += 2) {
      Set<String> faults = args[at].equals("pdf") ? pdf(args[at + 1]) : xml(registry, args[at], args[at + 1]);
      System.out.println(args[at + 1] + "\t" + String.join(" | ", faults));
    }
  }

  static Set<String> xml(ValidationExecutorSetRegistry<IValidationSourceXML> registry, String kind, String path) {
    Set<String> faults = new TreeSet<>();
    var rules = registry.getOfID(RULES.get(kind));
    if (rules == null) throw new IllegalStateException("no rules for " + kind);
    var source = ValidationSourceXML.create(new FileSystemResource(new File(path)));
    for (var result : ValidationExecutionManager.executeValidation(IValidityDeterminator.createDefault(), rules, source))
      for (var error : result.getErrorList())
        if (error.isError()) faults.add(error.getErrorID() + " " + error.getErrorText(java.util.Locale.ENGLISH).replaceAll("\\s+", " "));
    return faults;
  }

  static Set<String> pdf(String path) throws Exception {
    Set<String> faults = new TreeSet<>();
    try (var stream = new FileInputStream(path);
        var parser = Foundries.defaultInstance().createParser(stream, PDFAFlavour.PDFA_3_B);
        var validator = Foundries.defaultInstance().createValidator(PDFAFlavour.PDFA_3_B, false)) {
      var result = validator.validate(parser);
      for (var assertion : result.getTestAssertions())
        if (!result.isCompliant()) faults.add(assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber() + " " + assertion.getMessage().replaceAll("\\s+", " "));
    }
    return faults;
  }
}
