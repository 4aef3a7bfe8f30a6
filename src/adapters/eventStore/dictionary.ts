/**
 * What commits of orders have in common, for the packing that refers to it: deflate takes a text
 * that is here for some bytes. What is written with it can be read with these very bytes alone, so
 * that they are never changed: another dictionary is another packing (ADR 0032).
 *
 * The rarest comes first, as what is nearer to the text costs less. Names and shapes are those of
 * the events, and of the requests to Stripe that they hold.
 */
const SHAPES = [
  '["CustomerEmailCorrected",1001,{"email":null,"by":"","reason":"","at":,"sealed":[',
  '["RefundRejected",1,{"refundId":"","fingerprint":"","reason":"',
  '["RefundFailed",1,{"refundId":"","code":"',
  '["SendingStopped",1,{"subject":"payment#1","why":"refused","code":"',
  '["PaymentReviewRequired",2,{"attempt":1,"reason":"","seen":[],"at":,"letter":""}]',
  '["CancellationRequested",1,{"reason":"","at":17}],["OrderCancelled",1,{}]]',
  '["PaymentDeclined",1,{"attempt":1,"code":"card_declined"}]',
  '["PaymentFailed",2,{"attempt":1,"proof":"absent","code":"","at":17',
  '["PaymentVerified",1,{"attempt":1,"reference":"pi_","amountMinor":,"currency":"EUR",',
  '"is":"authorised","is":"captured","at":17}],',
  '["voucher","gift-card","deposit","exempt","reverse-charge","export","out-of-scope"',
  '"way":"transferred","way":"none","way":"paid","way":"authorised","way":"saved",',
  '{"type":"none"},{"type":"transferred","reference":"},{"type":"paid","payment":"pi_"},',
  '{"type":"authorised","payment":"pi_","partial":[]},',
  '{"type":"saved","customer":"cus_","paymentMethod":"pm_","mandate":[]},',
  '&customer=cus_&mandate=amount_to_capture=',
  '"seller":[{"name":"","vatId":"","taxNumber":"","registration":"","email":"","phone":"",',
  '"bankName":"","iban":"","bic":"","electronicAddress":"","footer":"","address":["","","","","",',
  '[["RefundSucceeded",1,{"refundId":"r-1","reference":"re_","amountMinor":,"currency":"EUR",',
  '"source":"lookup","source":"answer"}],["CreditNoteIssued",2,{"refundId":"r-1","series":"CN",',
  '"year":2026,"number":1,"label":"CN-2026-0000","seriesVersion":1,"issuedAt":17,"issuedOn":"2026-',
  '","lines":[[1,"1",839,[160]],[2,"1",1261,[239]]],"totals":[',
  '[["RefundRequested",3,{"refundId":"r-1","refundKey":"paidonce//refund/","body":"amount=',
  '&payment_intent=pi_&metadata[refund_id]=","frozen":[,"EUR",17,"CN",0,17,17,130000,"","acct_",',
  '""],"cause":"command","cause":"cancel","fingerprint":"","lines":[[1,"1",839,[160]],',
  '[2,"1",1261,[239]]],"roundingMinor":0,"prepaidMinor":0}]]',
  '["USD","GBP","CHF","Shipping",["charge","","',
  '["VAT","standard","20",""],["VAT","zero","0",""],["MwSt","standard","7",""],',
  '"priceMode":"gross",',
  '[["PaymentCaptured",1,{"attempt":1,"reference":"pi_3","amountMinor":2379,"currency":"EUR",',
  '"source":"lookup","source":"answer"}],["InvoiceIssued",1002,{"series":"INV","year":2026,',
  '"number":1,"label":"INV-2026-000","seriesVersion":1,"issuedAt":179,"issuedOn":"2026-11-29",',
  '"language":"en","language":"de","language":"","priceMode":"net","seller":[],"buyer":[null],',
  '"buyer":[],"taxes":[["","standard","19",""]],"lines":[["item","","","1","","19.99",[],[],',
  '[[0,380]],1999]],"prepaid":[],"terms":["","","",""],"paymentMeans":"card","totals":[1999,380,',
  '2379,0,0,2379],"sealed":["customer#","invoice-2026#1",["buyer.0"],"',
  '[["OrderPlaced",1002,{"orderId":"","customer":["",null,""],"currency":"EUR",',
  '"priceMode":"net","rounding":"line","taxes":[["MwSt","standard","19",""]],"lines":[["","","1",',
  '"","19.99",[],[],[0],[[839,160,999]],[]],["","","1","","19.99",[],[],[0],[],[]]],',
  '"allowances":[],"charges":[],"prepaid":[],"cashStep":[],"expectedTotalMinor":[],"buyer":[null],',
  '"buyer":[],"terms":["","","",""],"payment":{"type":"method","paymentMethod":"pm_card_visa"},',
  '"totals":[1999,380,2379,0,0,2379],"fingerprint":null,"sealed":["customer#","contact#1",',
  '["customer.1","buyer.0","fingerprint"],["customer.1","fingerprint"],"',
  '"]}],["PaymentRequested",3,{"attempt":1,"paymentKey":"paidonce//payment/1","way":"method",',
  '"payment":"","body":"amount=2379&currency=eur&confirm=true&off_session=true',
  '&payment_method=pm_card_visa&payment_method_types[0]=card&metadata[order_id]=',
  '&metadata[attempt]=1&metadata[deployment]=","frozen":[2379,"EUR",179,"INV",0,179,179,130000,',
  '"","acct_",""]}]]',
] as const;

export const ORDER_DICTIONARY: Uint8Array = Buffer.from(SHAPES.join(''), 'utf8');
