import { expect } from 'chai';
import { NOON } from '../../support/orderContext.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';
import { seller } from '../../support/documents/samples.ts';

const documentsOf = ({ state }: OrderLife) =>
  state.invoice.status === 'issued' ? state.invoice.document : expect.fail('no invoice');

describe('the documents of an order', () => {
  it('bear the date of their numbers in the time zone of the settings', () => {
    const timeZone = 'Pacific/Kiritimati';
    const life = orderLife().with({ timeZone }).placed().captured(1).asked('r-1').refunded('r-1');
    const { issuedOn, issuedAt, creditNotes } = documentsOf(life);
    expect(issuedAt).to.equal(NOON);
    expect([issuedOn, creditNotes[0]?.issuedOn]).to.deep.equal(['2026-06-16', '2026-06-16']);
    expect(documentsOf(orderLife().placed().captured(1)).issuedOn).to.equal('2026-06-15');
  });

  it('name the seller of the moment of issue, for ever', () => {
    const issued = orderLife().with({ seller: seller() }).placed().captured(1);
    const { seller: named } = documentsOf(issued);
    expect(named).to.deep.equal(seller());
    const moved = issued.with({ seller: seller({ name: 'Another Ltd' }) });
    expect(documentsOf(moved.asked('r-1').refunded('r-1')).seller).to.deep.equal(seller());
  });

  it('name nobody where the settings name none', () => {
    expect(documentsOf(orderLife().placed().captured(1))).not.to.have.property('seller');
  });
});
