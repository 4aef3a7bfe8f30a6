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

/** BT-24: the whole of EN 16931 and nothing more, which Factur-X calls the profile EN 16931. */
const EN_16931 = 'urn:cen.eu:en16931:2017';
const NAMESPACES = {
  '@_xmlns:rsm': 'urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100',
  '@_xmlns:ram':
    'urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100',
  '@_xmlns:udt': 'urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100',
  '@_xmlns:qdt': 'urn:un:unece:uncefact:data:standard:QualifiedDataType:100',
};
const TYPE_CODES = { invoice: '380', 'credit-note': '381' } as const;

/** Cross Industry Invoice of UN/CEFACT (D22B), as Factur-X and ZUGFeRD carry it. */
export const ciiOf = (invoice: ElectronicInvoice): string =>
  xmlOf({
    'rsm:CrossIndustryInvoice': {
      ...NAMESPACES,
      'rsm:ExchangedDocumentContext': {
        'ram:GuidelineSpecifiedDocumentContextParameter': { 'ram:ID': EN_16931 },
      },
      'rsm:ExchangedDocument': {
        'ram:ID': invoice.number,
        'ram:TypeCode': TYPE_CODES[invoice.type],
        'ram:IssueDateTime': { 'udt:DateTimeString': date(invoice.issuedOn) },
      },
      'rsm:SupplyChainTradeTransaction': {
        'ram:IncludedSupplyChainTradeLineItem': invoice.lines.map((line) =>
          lineOf(line, invoice.currency),
        ),
        'ram:ApplicableHeaderTradeAgreement': agreementOf(invoice),
        'ram:ApplicableHeaderTradeDelivery': deliveryOf(invoice),
        'ram:ApplicableHeaderTradeSettlement': settlementOf(invoice),
      },
    },
  });

const date = (day: string): XmlElement => withAttribute(day.replaceAll('-', ''), 'format', '102');

const lineOf = (line: ElectronicLine, currency: string): XmlElement => ({
  'ram:AssociatedDocumentLineDocument': { 'ram:LineID': String(line.number) },
  'ram:SpecifiedTradeProduct': {
    'ram:SellerAssignedID': text(line.sku),
    'ram:Name': line.name,
  },
  'ram:SpecifiedLineTradeAgreement': {
    'ram:NetPriceProductTradePrice': { 'ram:ChargeAmount': line.price },
  },
  'ram:SpecifiedLineTradeDelivery': {
    'ram:BilledQuantity': withAttribute(line.quantity, 'unitCode', line.unit),
  },
  'ram:SpecifiedLineTradeSettlement': {
    'ram:ApplicableTradeTax': { 'ram:TypeCode': 'VAT', ...rateOf(line.vat) },
    'ram:SpecifiedTradeAllowanceCharge': [
      ...line.allowances.map((allowance) => adjustmentOf(allowance, 'false', currency)),
      ...line.charges.map((charge) => adjustmentOf(charge, 'true', currency)),
    ],
    'ram:SpecifiedTradeSettlementLineMonetarySummation': {
      'ram:LineTotalAmount': inMajorUnits(line.netMinor, currency),
    },
  },
});

/** BR-O-05: what is outside the scope of VAT has no rate. */
const rateOf = ({ category, rate }: VatRate): XmlElement => ({
  'ram:CategoryCode': CATEGORY_CODES[category],
  'ram:RateApplicablePercent': category === 'out-of-scope' ? undefined : rate,
});

const adjustmentOf = (
  { reason, amountMinor }: NetAdjustment,
  isCharge: 'true' | 'false',
  currency: string,
): XmlElement => ({
  'ram:ChargeIndicator': { 'udt:Indicator': isCharge },
  'ram:ActualAmount': inMajorUnits(amountMinor, currency),
  'ram:Reason': reason,
});

const agreementOf = (invoice: ElectronicInvoice): XmlElement => ({
  'ram:BuyerReference': text(invoice.buyerReference),
  'ram:SellerTradeParty': invoice.seller && sellerOf(invoice.seller),
  'ram:BuyerTradeParty': invoice.buyer && buyerOf(invoice.buyer),
  'ram:SellerOrderReferencedDocument': { 'ram:IssuerAssignedID': invoice.salesOrder },
  'ram:BuyerOrderReferencedDocument':
    invoice.orderReference === '' ? undefined : { 'ram:IssuerAssignedID': invoice.orderReference },
});

const sellerOf = (seller: Seller): XmlElement => ({
  'ram:Name': seller.name,
  'ram:Description': text(seller.footer),
  'ram:SpecifiedLegalOrganization':
    seller.registration === '' ? undefined : { 'ram:ID': seller.registration },
  'ram:DefinedTradeContact': contactOf(seller),
  'ram:PostalTradeAddress': addressOf(seller.address),
  'ram:URIUniversalCommunication': participantOf(seller.electronicAddress),
  'ram:SpecifiedTaxRegistration': [
    ...registrationOf(seller.vatId, 'VA'),
    ...registrationOf(seller.taxNumber, 'FC'),
  ],
});

/** BG-6 names a person or a department: the seller's own name stands for both. */
const contactOf = ({ name, phone, email }: Seller): XmlElement | undefined =>
  phone === '' && email === ''
    ? undefined
    : {
        'ram:PersonName': name,
        'ram:TelephoneUniversalCommunication':
          phone === '' ? undefined : { 'ram:CompleteNumber': phone },
        'ram:EmailURIUniversalCommunication': email === '' ? undefined : { 'ram:URIID': email },
      };

const buyerOf = (buyer: Buyer): XmlElement => ({
  'ram:Name': buyerName(buyer),
  'ram:DefinedTradeContact':
    buyer.company === '' || buyer.name === '' ? undefined : { 'ram:PersonName': buyer.name },
  'ram:PostalTradeAddress': addressOf(buyer.address),
  'ram:URIUniversalCommunication': participantOf(buyer.electronicAddress),
  'ram:SpecifiedTaxRegistration': registrationOf(buyer.vatId, 'VA'),
});

const registrationOf = (id: string, scheme: string): readonly XmlValue[] =>
  id === '' ? [] : [{ 'ram:ID': withAttribute(id, 'schemeID', scheme) }];

const participantOf = (address: string): XmlElement | undefined => {
  const { scheme, value } = readParticipant(address);
  return value === '' ? undefined : { 'ram:URIID': withAttribute(value, 'schemeID', scheme) };
};

const addressOf = (address: Address): XmlElement => ({
  'ram:PostcodeCode': text(address.postalCode),
  'ram:LineOne': text(address.street),
  'ram:LineTwo': text(address.addition),
  'ram:CityName': text(address.city),
  'ram:CountryID': address.country,
  'ram:CountrySubDivisionName': text(address.region),
});

const deliveryOf = ({ deliverTo, deliveredOn }: ElectronicInvoice): XmlElement => ({
  'ram:ShipToTradeParty': deliverTo && { 'ram:PostalTradeAddress': addressOf(deliverTo) },
  'ram:ActualDeliverySupplyChainEvent': {
    'ram:OccurrenceDateTime': { 'udt:DateTimeString': date(deliveredOn) },
  },
});

const settlementOf = (invoice: ElectronicInvoice): XmlElement => {
  const { currency, payment, precedingInvoice, seller } = invoice;
  return {
    'ram:PaymentReference': text(payment?.reference),
    'ram:InvoiceCurrencyCode': currency,
    'ram:SpecifiedTradeSettlementPaymentMeans': payment && {
      'ram:TypeCode': payment.code,
      'ram:Information': text(payment.text),
      ...(seller === undefined || seller.iban === '' ? {} : accountOf(seller)),
    },
    'ram:ApplicableTradeTax': invoice.breakdown.map((group) => taxOf(group, currency)),
    'ram:SpecifiedTradePaymentTerms':
      invoice.paymentTerms === '' ? undefined : { 'ram:Description': invoice.paymentTerms },
    'ram:SpecifiedTradeSettlementHeaderMonetarySummation': totalsOf(invoice),
    'ram:InvoiceReferencedDocument': precedingInvoice && {
      'ram:IssuerAssignedID': precedingInvoice.number,
      'ram:FormattedIssueDateTime': {
        'qdt:DateTimeString': date(precedingInvoice.issuedOn),
      },
    },
  };
};

const accountOf = ({ iban, bic }: Seller): XmlElement => ({
  'ram:PayeePartyCreditorFinancialAccount': { 'ram:IBANID': iban },
  'ram:PayeeSpecifiedCreditorFinancialInstitution': bic === '' ? undefined : { 'ram:BICID': bic },
});

const taxOf = (group: VatBreakdown, currency: string): XmlElement => ({
  'ram:CalculatedAmount': inMajorUnits(group.taxMinor, currency),
  'ram:TypeCode': 'VAT',
  'ram:ExemptionReason': text(group.reason),
  'ram:BasisAmount': inMajorUnits(group.taxableMinor, currency),
  ...rateOf(group),
});

const totalsOf = ({
  currency,
  netMinor,
  taxMinor,
  totalMinor,
  roundingMinor,
}: ElectronicInvoice): XmlElement => ({
  'ram:LineTotalAmount': inMajorUnits(netMinor, currency),
  'ram:TaxBasisTotalAmount': inMajorUnits(netMinor, currency),
  'ram:TaxTotalAmount': withAttribute(inMajorUnits(taxMinor, currency), 'currencyID', currency),
  'ram:RoundingAmount': roundingMinor === 0 ? undefined : inMajorUnits(roundingMinor, currency),
  'ram:GrandTotalAmount': inMajorUnits(totalMinor, currency),
  'ram:TotalPrepaidAmount': inMajorUnits(totalMinor + roundingMinor, currency),
  'ram:DuePayableAmount': inMajorUnits(0, currency),
});
