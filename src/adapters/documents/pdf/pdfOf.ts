import { once } from 'node:events';
import PdfKit from 'pdfkit';
import type { Sheet } from '../../../application/documents/sheet.ts';
import type { Pdf } from '../../../application/ports/documentRenderer.ts';
import { drawSheet } from './drawSheet.ts';
import type { Fonts } from './fonts.ts';
import { createPaper } from './paper.ts';
import { createTypesetter } from './typesetter.ts';

type PdfOptions = {
  readonly fonts: Fonts;
  /** The document's date, in milliseconds since the epoch: the file bears no other. */
  readonly issuedAt: number;
  /** The XML to embed; without it the file is still PDF/A. */
  readonly xml?: string;
};

/**
 * A document as PDF/A-3b, whose bytes depend on nothing but what is given here: nothing in it is
 * compressed, since a newer zlib may find a shorter form.
 */
export const pdfOf = async (
  sheet: Sheet,
  { fonts, issuedAt, xml }: PdfOptions,
): Promise<Pick<Pdf, 'bytes' | 'unprintable'>> => {
  const issued = new Date(issuedAt);
  const canvas = new PdfKit({
    pdfVersion: '1.7',
    subset: 'PDF/A-3b',
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    compress: false,
    lang: sheet.language.tag,
    displayTitle: true,
    // No font is named here: PDFKit would look for the metrics of Helvetica, which PDF/A forbids.
    font: '',
    info: { Title: sheet.title, Creator: 'Paidonce', Producer: 'Paidonce', CreationDate: issued },
  });
  for (const { name, bytes } of [...fonts.regular, ...fonts.bold]) canvas.registerFont(name, bytes);
  const chunks: Buffer[] = [];
  canvas.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(canvas, 'end');
  const typesetter = createTypesetter(canvas, fonts);
  drawSheet(sheet, { paper: createPaper(canvas, typesetter), typesetter });
  if (xml !== undefined) attachFacturX(canvas, xml, issued);
  canvas.end();
  await ended;
  return { bytes: Buffer.concat(chunks), unprintable: typesetter.unprintable() };
};

/** The name by which every reader of Factur-X and ZUGFeRD finds the XML. */
const FILE_NAME = 'factur-x.xml';
const NAMESPACE = 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#';

/** The types of PDFKit know neither `appendXML` nor an attachment's relationship. */
type FileCanvas = Pick<PDFKit.PDFDocument, 'file'> & { appendXML(xml: string): void };

/** Puts the invoice's XML into its PDF, and says so in the metadata (Factur-X 1.0, chapter 6). */
const attachFacturX = (canvas: FileCanvas, xml: string, issued: Date): void => {
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
