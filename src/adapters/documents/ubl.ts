import type { Address, Buyer, Seller } from '../../domain/invoice/parties.ts';
import { inMajorUnits } from '../../domain/money/index.ts';
import {
  CATEGORY_CODES,
  readParticipant,
  type ElectronicInvoice,
  type ElectronicLine,
  type VatBreakdown,
  type VatRate,
} from './electronicInvoice.ts';
import type { NetAdjustment } from './netPrice.ts';
import { buyerName } from './unmetRules.ts';
import { text, withAttribute, xmlOf, type XmlElement, type XmlValue } from './xml.ts';

/** BT-24 and BT-23 of Peppol BIS Billing 3.0. */
const PEPPOL_BIS_3 = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0';
const BILLING_PROCESS = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0';
const COMPONENTS = 'urn:oasis:names:specification:ubl:schema:xsd';

/** UBL has a document of its own for each of the two. */
const DOCUMENTS = {
  invoice: { root: 'Invoice', code: { 'cbc:InvoiceTypeCode': '380' }, line: 'Invoice' },
  'credit-note': {
    root: 'CreditNote',
    code: { 'cbc:CreditNoteTypeCode': '381' },
    line: 'CreditNote',
  },
} as const;

/** OASIS UBL 2.1, as Peppol BIS Billing 3.0 wants it. */
export const ublOf = (invoice: ElectronicInvoice): string => {
  const { root, code } = DOCUMENTS[invoice.type];
  const { currency, precedingInvoice, seller, buyer } = invoice;
  return xmlOf({
    [root]: {
      '@_xmlns': `${COMPONENTS}:${root}-2`,
      '@_xmlns:cac': `${COMPONENTS}:CommonAggregateComponents-2`,
      '@_xmlns:cbc': `${COMPONENTS}:CommonBasicComponents-2`,
      'cbc:CustomizationID': PEPPOL_BIS_3,
      'cbc:ProfileID': BILLING_PROCESS,
      'cbc:ID': invoice.number,
      'cbc:IssueDate': invoice.issuedOn,
      ...code,
      'cbc:DocumentCurrencyCode': currency,
      'cbc:BuyerReference': text(invoice.buyerReference),
      'cac:OrderReference': orderOf(invoice),
      'cac:BillingReference': precedingInvoice && {
        'cac:InvoiceDocumentReference': {
          'cbc:ID': precedingInvoice.number,
          'cbc:IssueDate': precedingInvoice.issuedOn,
        },
      },
      'cac:AccountingSupplierParty': seller && { 'cac:Party': sellerOf(seller) },
      'cac:AccountingCustomerParty': buyer && { 'cac:Party': buyerOf(buyer) },
      'cac:Delivery': deliveryOf(invoice),
      'cac:PaymentMeans': paymentOf(invoice),
      'cac:PaymentTerms':
        invoice.paymentTerms === '' ? undefined : { 'cbc:Note': invoice.paymentTerms },
      'cac:TaxTotal': {
        'cbc:TaxAmount': money(invoice.taxMinor, currency),
        'cac:TaxSubtotal': invoice.breakdown.map((group) => subtotalOf(group, currency)),
      },
      'cac:LegalMonetaryTotal': totalsOf(invoice),
      [`cac:${root}Line`]: invoice.lines.map((line) => lineOf(line, invoice)),
    },
  });
};

const money = (minor: number, currency: string): XmlElement =>
  withAttribute(inMajorUnits(minor, currency), 'currencyID', currency);

/** UBL wants the buyer's number of an order beside the seller's: `NA` says that there is none. */
const orderOf = ({ orderReference, salesOrder }: ElectronicInvoice): XmlElement => ({
  'cbc:ID': orderReference === '' ? 'NA' : orderReference,
  'cbc:SalesOrderID': salesOrder,
});

const sellerOf = (seller: Seller): XmlElement => ({
  'cbc:EndpointID': participantOf(seller.electronicAddress),
  'cac:PostalAddress': addressOf(seller.address),
  'cac:PartyTaxScheme': [
    ...taxSchemeOf(seller.vatId, 'VAT'),
    // Any other name than VAT says that it is the number at the tax office (BT-32).
    ...taxSchemeOf(seller.taxNumber, 'TAX'),
  ],
  'cac:PartyLegalEntity': {
    'cbc:RegistrationName': seller.name,
    'cbc:CompanyID': text(seller.registration),
    'cbc:CompanyLegalForm': text(seller.footer),
  },
  'cac:Contact':
    seller.phone === '' && seller.email === ''
      ? undefined
      : {
          'cbc:Name': seller.name,
          'cbc:Telephone': text(seller.phone),
          'cbc:ElectronicMail': text(seller.email),
        },
});

const buyerOf = (buyer: Buyer): XmlElement => ({
  'cbc:EndpointID': participantOf(buyer.electronicAddress),
  'cac:PostalAddress': addressOf(buyer.address),
  'cac:PartyTaxScheme': taxSchemeOf(buyer.vatId, 'VAT'),
  'cac:PartyLegalEntity': { 'cbc:RegistrationName': buyerName(buyer) },
  'cac:Contact': buyer.company === '' || buyer.name === '' ? undefined : { 'cbc:Name': buyer.name },
});

const participantOf = (address: string): XmlElement | undefined => {
  const { scheme, value } = readParticipant(address);
  return value === '' ? undefined : withAttribute(value, 'schemeID', scheme);
};

const taxSchemeOf = (id: string, scheme: string): readonly XmlValue[] =>
  id === '' ? [] : [{ 'cbc:CompanyID': id, 'cac:TaxScheme': { 'cbc:ID': scheme } }];

const addressOf = (address: Address): XmlElement => ({
  'cbc:StreetName': text(address.street),
  'cbc:AdditionalStreetName': text(address.addition),
  'cbc:CityName': text(address.city),
  'cbc:PostalZone': text(address.postalCode),
  'cbc:CountrySubentity': text(address.region),
  'cac:Country': { 'cbc:IdentificationCode': address.country },
});

const deliveryOf = ({ deliveredOn, deliverTo }: ElectronicInvoice): XmlElement => ({
  'cbc:ActualDeliveryDate': deliveredOn,
  'cac:DeliveryLocation': deliverTo && { 'cac:Address': addressOf(deliverTo) },
});

const paymentOf = ({ payment, seller }: ElectronicInvoice): XmlElement | undefined =>
  payment && {
    'cbc:PaymentMeansCode': withAttribute(payment.code, 'name', payment.text),
    'cbc:PaymentID': text(payment.reference),
    'cac:PayeeFinancialAccount':
      seller === undefined || seller.iban === ''
        ? undefined
        : {
            'cbc:ID': seller.iban,
            'cac:FinancialInstitutionBranch':
              seller.bic === '' ? undefined : { 'cbc:ID': seller.bic },
          },
  };

const subtotalOf = (group: VatBreakdown, currency: string): XmlElement => ({
  'cbc:TaxableAmount': money(group.taxableMinor, currency),
  'cbc:TaxAmount': money(group.taxMinor, currency),
  'cac:TaxCategory': categoryOf(group, group.reason),
});

/** BR-O-05: what is outside the scope of VAT has no rate. */
const categoryOf = ({ category, rate }: VatRate, reason = ''): XmlElement => ({
  'cbc:ID': CATEGORY_CODES[category],
  'cbc:Percent': category === 'out-of-scope' ? undefined : rate,
  'cbc:TaxExemptionReason': text(reason),
  'cac:TaxScheme': { 'cbc:ID': 'VAT' },
});

const totalsOf = (invoice: ElectronicInvoice): XmlElement => {
  const { currency, netMinor, totalMinor, roundingMinor } = invoice;
  return {
    'cbc:LineExtensionAmount': money(netMinor, currency),
    'cbc:TaxExclusiveAmount': money(netMinor, currency),
    'cbc:TaxInclusiveAmount': money(totalMinor, currency),
    'cbc:PrepaidAmount': money(totalMinor + roundingMinor, currency),
    'cbc:PayableRoundingAmount': roundingMinor === 0 ? undefined : money(roundingMinor, currency),
    'cbc:PayableAmount': money(0, currency),
  };
};

const lineOf = (line: ElectronicLine, { type, currency }: ElectronicInvoice): XmlElement => {
  const quantity = type === 'invoice' ? 'cbc:InvoicedQuantity' : 'cbc:CreditedQuantity';
  return {
    'cbc:ID': String(line.number),
    [quantity]: withAttribute(line.quantity, 'unitCode', line.unit),
    'cbc:LineExtensionAmount': money(line.netMinor, currency),
    'cac:AllowanceCharge': [
      ...line.allowances.map((allowance) => adjustmentOf(allowance, 'false', currency)),
      ...line.charges.map((charge) => adjustmentOf(charge, 'true', currency)),
    ],
    'cac:Item': {
      'cbc:Name': line.name,
      'cac:SellersItemIdentification': line.sku === '' ? undefined : { 'cbc:ID': line.sku },
      'cac:ClassifiedTaxCategory': categoryOf(line.vat),
    },
    'cac:Price': { 'cbc:PriceAmount': withAttribute(line.price, 'currencyID', currency) },
  };
};

const adjustmentOf = (
  { reason, amountMinor }: NetAdjustment,
  isCharge: 'true' | 'false',
  currency: string,
): XmlElement => ({
  'cbc:ChargeIndicator': isCharge,
  'cbc:AllowanceChargeReason': reason,
  'cbc:Amount': money(amountMinor, currency),
});
