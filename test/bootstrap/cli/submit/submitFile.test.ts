import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { run, type Ended } from '../../../support/cli.ts';
import { anOrder } from '../../../support/orderLife.ts';
import { makeTemporaryFolder } from '../../../support/temporaryFolder.ts';

/** Every file here is refused, or ends at a queue that is not there: before anything is sent. */
describe('paidonce submit of a bad file', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  before(async () => (folder = await makeTemporaryFolder()));
  after(() => folder.remove());

  const submit = async (content: string | Buffer, name = 'orders'): Promise<Ended> => {
    const path = join(folder.path, name);
    await writeFile(path, content);
    return run(['submit', path], { env: {} });
  };
  const refused = async (content: string | Buffer, name?: string): Promise<string> => {
    const { code, stdout, stderr } = await submit(content, name);
    expect([code, stdout], stderr).to.deep.equal([1, '']);
    expect(stderr).to.include('nothing was sent');
    return stderr;
  };
  const json = (value: unknown) => JSON.stringify(value);
  const order = (orderId: string, changes: object = {}) => ({
    ...anOrder({ orderId }),
    ...changes,
  });

  it('case 25: a file in another encoding, with its line', async () => {
    const latin = json(order('f-lat', { paymentMethod: 'Müsli' }));
    expect(await refused(Buffer.from(`\n${latin}`, 'latin1'))).to.match(
      /orders is not UTF-8: line 2, byte \d+; nothing was sent\n.*iconv -f WINDOWS-1252/,
    );
    expect(await refused(Buffer.from(`\uFEFF${latin}`, 'utf16le'))).to.include('iconv -f UTF-16');
  });

  it('case 27: says which orders are rounded, and to what, before it sends', async () => {
    const dinars = (orderId: string, unitPriceMinor: number) => {
      const [line] = anOrder().lines;
      const lines = [{ ...line, quantity: 1, unitPriceMinor, taxRateBps: 1_900 }];
      return json(order(orderId, { currency: 'TND', lines }));
    };
    const file = [dinars('tnd-1', 12_500), dinars('tnd-2', 13_000), dinars('tnd-3', 1_250)];
    expect(await refused(file.join('\n')))
      .to.include('2 of 3 orders cannot be placed')
      .and.include('line 1, tnd-1: TND 14.875 is to be paid, and the gateway takes multiples of');
    const path = join(folder.path, 'rounded');
    await writeFile(path, file.join('\n'));
    const rounding = await run(['submit', path], { env: { CASH_ROUNDING: 'gateway' } });
    expect(rounding.stderr).to.include(
      'Rounded to amounts that the gateway takes (CASH_ROUNDING): ' +
        'tnd-1: TND 14.875 to TND 14.880, tnd-3: TND 1.488 to TND 1.490.',
    );
    const typo = await run(['submit', path], { env: { CASH_ROUNDING: 'yes' } });
    expect([typo.code, typo.stderr]).to.deep.equal([2, typo.stderr]);
    expect(typo.stderr).to.include('CASH_ROUNDING is neither declared nor gateway');
  });

  it('a file that lost characters before it came here', async () => {
    const [line] = anOrder().lines;
    const lines = [{ ...line, description: 'M\uFFFDsli' }];
    expect(await refused(json(order('o-1', { lines })))).to.include(
      'line 1, o-1: lines[0].description: has U+FFFD in place of a character that is lost',
    );
  });

  it('case 26: one id with two contents, in JSON, in lines, and in CSV', async () => {
    const other = order('f-dup', { paymentMethod: 'pm_card_mastercard' });
    const two = [order('f-dup'), order('o-2'), other];
    expect(await refused(json(two))).to.include(
      'order 3, f-dup: orderId: is that of order 1, which has other content',
    );
    expect(await refused(two.map(json).join('\n'))).to.include(
      'line 3, f-dup: orderId: is that of line 1, which has other content',
    );
    expect(
      await refused([HEADER, csv('f-dup'), csv('x'), csv('f-dup', 'B')].join('\n')),
    ).to.include('line 4, f-dup: orderId: is that of line 2, which has other content');
  });

  it('one id twice with the same content is no fault, however it is written', async () => {
    const { orderId, ...rest } = order('o-1');
    const { code, stderr } = await submit(json([order('o-1'), { ...rest, orderId }]));
    expect(stderr).to.include('Sent once: 1 that the file repeats with the same content');
    // That no queue is configured is all that is wrong.
    expect(code).to.equal(2);
    expect(stderr).to.include('PAYMENTS_QUEUE_URL');
  });

  it('each fault with its place, its order and its part, and no words of a library', async () => {
    const [line] = anOrder().lines;
    const stderr = await refused(
      json([
        order('a-1'),
        order('a-2', { curency: 'EUR', currency: undefined }),
        order('a-3', { lines: [{ ...line, quantity: 1.5, unitPriceMinor: -1 }] }),
        order('a-4', { customer: { ...anOrder().customer, mail: 'x' } }),
        { type: 'CancelOrder', v: 1, orderId: 'a-5', reason: 'x' },
        null,
      ]),
    );
    for (const says of [
      '5 of 6 orders cannot be placed',
      'order 2, a-2: order: has a part curency that is not known (did you mean currency?)',
      'order 2, a-2: currency: is missing',
      'order 3, a-3: lines[0].quantity: has a fraction',
      'order 3, a-3: lines[0].unitPriceMinor: is not from 0 to',
      'order 4, a-4: customer: has a part mail that is not known (did you mean email?)',
      'order 5, a-5: type: is not PlaceOrder; nothing but orders can be submitted',
      'order 6: order: is not an object',
    ]) {
      expect(stderr).to.include(says);
    }
    expect(stderr).not.to.match(/Invalid|expected|received|Unexpected token|Too small/);
  });

  it('never repeats what could be a card number or a text, not even as a name', async () => {
    const stderr = await refused(json(order('o-1', { '4242424242424242': 1, 'a b': 2 })));
    expect(stderr).to.include('has a part that is not known').and.not.include('424242');
  });

  it('shows the first faults, and how many more there are', async () => {
    const many = Array.from({ length: 90 }, (_, at) => json(order(`m-${at}`, { currency: 'EUX' })));
    const stderr = await refused(many.join('\n'));
    expect(stderr).to.include('90 of 90 orders').and.include('… and 40 more\n');
    expect(stderr.split('\n')).to.have.length(53);
  });

  it('says what is no file, no order, or no format that is known', async () => {
    await mkdir(join(folder.path, 'sub'));
    for (const [name, why] of [
      ['sub', 'it is a folder'],
      ['nothing', 'there is no such file'],
    ] as const) {
      const { code, stderr } = await run(['submit', join(folder.path, name)], { env: {} });
      expect(code).to.equal(2);
      expect(stderr).to.include(`${why}; nothing was sent`);
    }
    for (const [content, name] of [
      ['', 'empty'],
      ['[]', 'list'],
      [' \n\uFEFF\n', 'blank'],
      [`${HEADER}\n\n`, 'header.csv'],
    ] as const) {
      expect(await refused(content, name)).to.include('there is no order in it');
    }
    expect(await refused('hello\nworld', 'text'))
      .to.include('neither JSON nor CSV')
      .and.include(HEADER);
    expect(await refused('hello', 'text.csv')).to.include('orderId: is missing');
  });

  it('reads standard input by the same rules', async () => {
    const input = `\uFEFF${HEADER}\n${csv('o-1', 'A', '1.5')}`;
    const { code, stderr } = await run(['submit', '-'], { env: {}, input });
    expect(code).to.equal(1);
    expect(stderr).to.include('line 2, o-1: lines[0].quantity: is not a number');
  });
});

const HEADER =
  'orderId,customer.id,customer.email,currency,paymentMethod,sku,description,quantity,' +
  'unitPriceMinor,taxRateBps';

const csv = (orderId: string, sku = 'A', quantity = '1'): string =>
  `${orderId},c-1,ada@example.com,EUR,pm_card_visa,${sku},A thing,${quantity},1000,1900`;
