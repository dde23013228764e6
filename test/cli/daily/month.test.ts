import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../project.ts'
import { cleanDesks, configOf, type Desk, onEachDatabase } from './kit.ts'

cleanDesks()

/** What the twelve tables have beside an id and a name. A line is one column, or something else of a table. */
type Shop = Record<string, { readonly columns: readonly string[]; readonly more?: readonly string[] }>

const refers = (column: string, table: string): string =>
  `foreignKeys: [{ columns: ['${column}'], references: { table: '${table}', columns: ['id'] } }],`

const shop: Shop = {
  customers: { columns: ['mail: column(varchar(80)),'] },
  addresses: { columns: ['customer: column(integer()),'], more: [refers('customer', 'customers')] },
  suppliers: { columns: ['country: column(varchar(2)),'] },
  categories: { columns: ['rank: column(integer()),'] },
  products: { columns: ['supplier: column(integer()),'], more: [refers('supplier', 'suppliers')] },
  prices: { columns: ['product: column(integer()),'], more: [refers('product', 'products')] },
  orders: { columns: ['customer: column(integer()),'], more: [refers('customer', 'customers')] },
  items: { columns: ['amount: column(integer()),'] },
  shipments: { columns: ['carrier: column(varchar(20)),'] },
  invoices: { columns: ['total: column(integer()),'] },
  reviews: { columns: ['stars: column(integer()),'] },
  coupons: { columns: ['percent: column(integer()),'] },
}

const declared = (tables: Shop): string => `import { column, integer, table, varchar } from '@org/migrate-core'
${Object.entries(tables)
  .map(
    ([name, { columns, more = [] }]) => `export const ${name} = table('${name}', {
  id: column(integer(), { nullable: false }),
  name: column(varchar(40)),
  ${columns.join('\n  ')}
}, {
  primaryKey: ['id'],
  ${more.join('\n  ')}
})`,
  )
  .join('\n')}
`

const guides = readdirSync(join(root, 'docs/guides')).map((name) =>
  readFileSync(join(root, 'docs/guides', name), 'utf8'),
)

/** Each command, and each of its options, is one that the guides name. */
function requireDocumented([command = '', ...args]: readonly string[]): void {
  for (const word of [`migrate ${command}`, ...args.filter((arg) => arg.startsWith('-'))])
    expect(
      guides.some((text) => text.includes(word)),
      word,
    ).toBe(true)
}

onEachDatabase('a month of a service', (open) => {
  test('one command a change, two branches, a bad deployment, a change by hand and a squash', async () => {
    const ann = await open({
      'migrate.config.ts': configOf("autogenerate: { schema: './schema.ts' },"),
      'schema.ts': declared(shop),
      '.gitignore': 'node_modules\napp.db*\n',
    })
    const [bob, production] = [await open({}), await open({})]
    const { project } = ann
    const urlOf = (at: Desk): string => at.env.APP_URL ?? `sqlite:${at.project.database}`
    let commands = 0
    const types = (at: Desk, line: string, ...values: readonly string[]) => {
      const args = [...line.split(' '), ...values]
      requireDocumented(args)
      commands += 1
      return project.run(args, { env: { APP_URL: urlOf(at) } })
    }
    const works = (...input: Parameters<typeof types>): string => {
      const { code, stdout, stderr } = types(...input)
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
      return stdout
    }
    const git = (...args: readonly string[]): void => {
      const identity = ['-c', 'user.name=Ann', '-c', 'user.email=x@example.com', '-c', 'commit.gpgsign=false']
      const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: project.folder, encoding: 'utf8' })
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
    }
    const commit = (message: string): void => {
      git('add', '.')
      git('commit', '-qm', message)
    }
    /** A change of the declared schema costs the developer one command. */
    const changes = (at: Desk, tables: Shop, line = 'dev', ...values: readonly string[]): void => {
      project.put({ 'schema.ts': declared(tables) })
      const before = commands
      expect(works(at, line, ...values)).toMatch(/1 revision written, .*1 revision applied/)
      expect(commands - before).toBe(1)
      commit(line)
    }
    const deploys = (): string => works(production, 'upgrade')
    const rows = (text: string) => production.sql(text)

    // The first week: twelve tables, and the first release.
    git('init', '-q', '-b', 'main')
    changes(ann, shop)
    deploys()
    await rows("INSERT INTO customers (id, name, mail) VALUES (1, 'Ada', 'ada@example.com'), (2, 'Bob', NULL)")
    await rows("INSERT INTO suppliers (id, name, country) VALUES (1, 'Acme', 'de')")
    await rows("INSERT INTO products (id, name, supplier) VALUES (1, 'lamp', 1)")
    await rows("INSERT INTO orders (id, name, customer) VALUES (1, 'first', 1)")
    await rows("INSERT INTO reviews (id, name, stars) VALUES (1, 'bright', 5)")

    // The second: a column, an index, a rename, a value for the rows that are there, and a wider type.
    const phone: Shop = {
      ...shop,
      customers: { columns: [...(shop.customers?.columns ?? []), 'phone: column(varchar(20)),'] },
    }
    changes(ann, phone)
    const indexed: Shop = {
      ...phone,
      orders: {
        columns: shop.orders?.columns ?? [],
        more: [...(shop.orders?.more ?? []), "indexes: [{ name: 'orders_customer', columns: ['customer'] }],"],
      },
    }
    changes(ann, indexed)
    const renamed: Shop = {
      ...indexed,
      customers: { columns: ['email: column(varchar(80)),', 'phone: column(varchar(20)),'] },
    }
    changes(ann, renamed, 'dev --rename', 'customers.mail:email')
    const filled: Shop = {
      ...renamed,
      products: {
        columns: ['supplier: column(integer()),', 'state: column(varchar(20), { nullable: false }),'],
        more: shop.products?.more ?? [],
      },
    }
    changes(ann, filled, 'dev -m "products_have_a_state" --fill', "products.state='on sale'")
    const wider: Shop = { ...filled, suppliers: { columns: ['country: column(varchar(60)),'] } }
    changes(ann, wider)
    expect(deploys()).toMatch(/: 5 revisions applied in /)
    expect(await rows('SELECT email FROM customers ORDER BY id')).toEqual([
      { email: 'ada@example.com' },
      { email: null },
    ])
    expect(await rows('SELECT state FROM products')).toEqual([{ state: 'on sale' }])

    // The third: two people change the schema at once.
    works(bob, 'upgrade')
    git('checkout', '-qb', 'ann')
    const ofAnn: Shop = {
      ...wider,
      shipments: { columns: ['carrier: column(varchar(20)),', 'weight: column(integer()),'] },
    }
    changes(ann, ofAnn)
    git('checkout', '-qb', 'bob', 'main')
    const ofBob: Shop = {
      ...wider,
      coupons: { columns: ['percent: column(integer()),', 'code: column(varchar(12)),'] },
    }
    changes(bob, ofBob)
    git('checkout', '-q', 'main')
    git('merge', '-q', '--no-edit', 'ann')
    git('merge', '-q', '--no-edit', 'bob')
    const refused = types(production, 'upgrade')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/MULTIPLE_HEADS/)
    works(ann, 'check --branches')
    works(ann, 'merge heads -m', 'weight and code')
    commit('merge')
    for (const developer of [ann, bob]) expect(works(developer, 'dev')).not.toMatch(/written/)
    works(ann, 'check')
    expect(deploys()).toMatch(/: 3 revisions applied in /)

    // The fourth begins with a release that has to be taken back. What was written meanwhile is there again with the next one.
    const both: Shop = { ...ofAnn, coupons: ofBob.coupons ?? { columns: [] } }
    const replies: Shop = {
      ...both,
      reviews: { columns: ['stars: column(integer()),', 'reply: column(varchar(80)),'] },
    }
    changes(ann, replies)
    deploys()
    await rows("UPDATE reviews SET reply = 'Thanks!' WHERE id = 1")
    expect(works(production, 'plan --last-run')).toMatch(/column reviews\.reply: 1 value dropped, preserved/)
    works(production, 'downgrade --last-run')
    expect(await rows('SELECT * FROM reviews')).toEqual([{ id: 1, name: 'bright', stars: 5 }])
    deploys()
    expect(await rows('SELECT stars, reply FROM reviews')).toEqual([{ stars: 5, reply: 'Thanks!' }])

    // An index that was made by hand in production is kept.
    await rows('CREATE INDEX reviews_stars ON reviews (stars)')
    const drift = types(production, 'check')
    expect(drift.code).toBe(3)
    expect(drift.stdout).toMatch(/reviews: index reviews_stars is not expected/)
    project.put({
      'schema.ts': declared({
        ...both,
        reviews: {
          columns: replies.reviews?.columns ?? [],
          more: ["indexes: [{ name: 'reviews_stars', columns: ['stars'] }],"],
        },
      }),
    })
    expect(works(ann, 'dev')).toMatch(/1 revision written/)
    commit('index of the stars')
    works(production, 'stamp head')
    for (const at of [ann, production]) works(at, 'check')
    works(bob, 'upgrade')

    // Three databases that grew in three ways have the same tables, and the rows are those that were written.
    expect(await production.tables()).toEqual(Object.keys(shop).toSorted())
    expect(await rows('SELECT id, name, customer FROM orders')).toEqual([{ id: 1, name: 'first', customer: 1 }])
    expect(works(production, 'history')).toMatch(/index of the stars|reviews_stars/)

    // At its end, one revision takes the place of the ten. Production records it, and a new database starts with it.
    const applied = await rows('SELECT count(*) AS n FROM migrate_history')
    works(ann, 'squash base:head --only-old-rows all -m', 'the first month')
    commit('squash')
    expect(works(production, 'status')).toMatch(/ revisions: they are applied, and the next upgrade records that/)
    deploys()
    for (const at of [ann, bob]) works(at, 'upgrade')
    const recorded = await rows('SELECT count(*) AS n FROM migrate_history')
    expect(Number(recorded[0]?.n)).toBe(Number(applied[0]?.n) + 1)
    works(ann, 'squash --prune --on', urlOf(production), '--on', urlOf(bob))
    commit('prune')
    expect(readdirSync(join(project.folder, 'migrations')).filter((name) => name.endsWith('.ts'))).toHaveLength(1)
    const carol = await open({})
    works(carol, 'upgrade')
    expect(await carol.tables()).toEqual(Object.keys(shop).toSorted())
    for (const at of [ann, bob, carol, production]) {
      expect(works(at, 'upgrade')).not.toMatch(/1 revision applied/)
      works(at, 'check')
    }
  })
})
