/** The name by which every reader of Factur-X and ZUGFeRD finds the XML. */
const FILE_NAME = 'factur-x.xml';
const NAMESPACE = 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#';

/** The types of PDFKit know neither `appendXML` nor an attachment's relationship. */
type FileCanvas = Pick<PDFKit.PDFDocument, 'file'> & { appendXML(xml: string): void };

/** Puts the invoice's XML into its PDF, and says so in the metadata (Factur-X 1.0, chapter 6). */
export const attachFacturX = (canvas: FileCanvas, xml: string, issued: Date): void => {
  const attachment = {
    name: FILE_NAME,
    type: 'text/xml',
    description: 'Factur-X: the same document for machines',
    // The XML says the whole of what the pages say.
    relationship: 'Alternative',
    creationDate: issued,
    modifiedDate: issued,
  };
  canvas.file(Buffer.from(xml), attachment);
  canvas.appendXML(METADATA);
};

const property = (name: string, description: string): string => `
  <rdf:li rdf:parseType="Resource">
    <pdfaProperty:name>${name}</pdfaProperty:name>
    <pdfaProperty:valueType>Text</pdfaProperty:valueType>
    <pdfaProperty:category>external</pdfaProperty:category>
    <pdfaProperty:description>${description}</pdfaProperty:description>
  </rdf:li>`;

const METADATA = `
<rdf:Description rdf:about="" xmlns:fx="${NAMESPACE}">
  <fx:DocumentType>INVOICE</fx:DocumentType>
  <fx:DocumentFileName>${FILE_NAME}</fx:DocumentFileName>
  <fx:Version>1.0</fx:Version>
  <fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
</rdf:Description>
<rdf:Description rdf:about=""
  xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <pdfaExtension:schemas>
    <rdf:Bag>
      <rdf:li rdf:parseType="Resource">
        <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
        <pdfaSchema:namespaceURI>${NAMESPACE}</pdfaSchema:namespaceURI>
        <pdfaSchema:prefix>fx</pdfaSchema:prefix>
        <pdfaSchema:property>
          <rdf:Seq>${[
            property('DocumentFileName', 'name of the embedded XML file'),
            property('DocumentType', 'INVOICE'),
            property('Version', 'version of the Factur-X data'),
            property('ConformanceLevel', 'profile of the Factur-X data'),
          ].join('')}
          </rdf:Seq>
        </pdfaSchema:property>
      </rdf:li>
    </rdf:Bag>
  </pdfaExtension:schemas>
</rdf:Description>`;
