import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { limitPicture } from '../../../apps/cli/src/commands/report/diagram.ts'
import { reportPage } from '../../../apps/cli/src/commands/report/page/document.ts'
import { stepsOfPlan } from '../../../apps/cli/src/commands/report/plan-steps.ts'
import type { Plan } from '../../../packages/core/src/index.ts'
import { chromium } from '../../kit/servers/chromium.mjs'
import { type Browser, openBrowser } from '../../repository/site/browser.ts'
import { revision } from '../project.ts'
import { cleanDesks, configOf, type Desk, desk, onEachDatabase } from './kit.ts'

cleanDesks()

let browser: Browser | undefined
let why = ''
beforeAll(async () => {
  browser = await chromium()
    .then(openBrowser)
    .catch((error: unknown) => {
      why = String(error)
      return undefined
    })
})
afterAll(() => browser?.close())

/** Where no browser can be had these tests are NOT RUN, which is an error with TEST_REQUIRE=all. */
function tabOf(context: TestContext): Browser {
  return browser ?? context.skip(why)
}

const first = `  op.createTable('people', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('nick', varchar(40))
    t.column('age', integer())
    t.primaryKey(['id'])
  })
  op.createTable('posts', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('author', integer(), { nullable: false })
    t.primaryKey(['id'])
    t.foreignKey({ columns: ['author'], references: { table: 'people', columns: ['id'] } })
  })`
const second = `  op.renameTable('posts', 'articles')
  op.alterTable('people', (t) => {
    t.dropColumn('age')
    t.addColumn('born', text())
  })`
const files = {
  'migrate.config.ts': configOf(),
  'migrations/a1_first.ts': revision('a1', null, first, 'first tables'),
  'migrations/b1_second.ts': revision('b1', 'a1', second, 'people are born'),
}

interface Page {
  readonly problems: readonly string[]
  /** The text of each section by its title, closed parts included. */
  readonly sections: Readonly<Record<string, string>>
  readonly cards: readonly string[]
  readonly whole: string
}

const spaces = ".replace(/\\s+/g, ' ').trim()"

/** What is wrong with a page at that width: errors, requests, scrolling to the side. */
async function problemsOf(tab: Browser, file: string, width: number, scheme: 'dark' | 'light') {
  const address = pathToFileURL(file).href
  await tab.resize(width, 900)
  await tab.prefer(scheme)
  const complaints = await tab.open(address, 'document.readyState === "complete"')
  const actual = await tab.evaluate<number>('document.documentElement.scrollWidth')
  const requested = tab.requests().filter((url) => url !== address && !url.startsWith('data:'))
  const pictures = process.env.TEST_SCREENSHOTS
  if (pictures !== undefined) {
    mkdirSync(pictures, { recursive: true })
    await tab.screenshot(join(pictures, `report-${width}-${scheme}.png`), true)
  }
  return [...complaints, ...requested, ...(actual > width ? [`${actual} px wide`] : [])]
}

async function read(tab: Browser, file: string): Promise<Page> {
  const problems = await problemsOf(tab, file, 1280, 'light')
  const page = await tab.evaluate<Omit<Page, 'problems'>>(`({
    sections: Object.fromEntries([...document.querySelectorAll('main > section')].map((each) =>
      [each.querySelector('h2').textContent, each.textContent${spaces}])),
    cards: [...document.querySelectorAll('.card')].map((each) => each.textContent${spaces}),
    whole: document.body.textContent,
  })`)
  return { problems, ...page }
}

const pathIn = (at: Desk, name: string): string => join(at.project.folder, name)

onEachDatabase('report', (open, server) => {
  test('is one page about what ran, and one about what is pending, with what is lost', async (context) => {
    const tab = tabOf(context)
    const at = await open(files)
    const { code, stdout, stderr } = at.run('upgrade', 'a1', '--report', 'run.html')
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/1 revision applied in .*, now at a1\nreport in .*run\.html\n$/)
    await at.sql("INSERT INTO people (id, nick, age) VALUES (1, 'x', 18)")
    const ran = await read(tab, pathIn(at, 'run.html'))
    expect(ran.problems).toEqual([])
    expect(ran.cards).toEqual(expect.arrayContaining(['baseit was at', 'a1now at', '1 revisionran']))
    expect(ran.sections['What ran']).toMatch(/1\. upgrade a1 first tables done .*create table people .*CREATE TABLE/)
    expect(ran.sections.Schema).toContain('2 tables added people posts')
    expect(ran.sections.History).toMatch(
      /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC ?upgrade main:a1 ?\d+.* m?s.* on .*[0-9a-f]{12}$/,
    )

    const history = at.json('report', '--out', 'report.html').history as readonly { readonly textHash: string }[]
    expect(history.map(({ textHash }) => textHash.length)).toEqual([64])
    const { problems, cards, sections } = await read(tab, pathIn(at, 'report.html'))
    expect(problems).toEqual([])
    expect(cards).toEqual(
      expect.arrayContaining(['a1from', 'b1to', '1 revisionto run', '1 lostlosses of data', 'nonedrift']),
    )
    expect(sections.Graph).toMatch(/b1 pending head people are born.*a1 the database is here first tables/)
    expect(sections.Plan).toMatch(/1\. upgrade b1 people are born loses data .*drop column people\.age .*DROP COLUMN/)
    if (server === 'postgres') expect(sections.Plan).toContain('readers and writers of people wait')
    expect(sections['Lost and preserved']).toContain('lost: column people.age: 1 value dropped, not preserved b1')
    expect(sections.Schema).toContain('2 tables altered articles (was posts) people: born added, age removed')
    expect(sections['Drift and checks']).toMatch(/the database is what its revisions make ?yes/)

    await at.sql('ALTER TABLE people ADD extra INTEGER')
    at.run('report', '--out', 'report.html')
    const drifted = await read(tab, pathIn(at, 'report.html'))
    expect(drifted.cards).toContain('founddrift')
    expect(drifted.sections['Drift and checks']).toMatch(/the database is what its revisions make ?no.*drift: .*extra/)
  })
})

describe('report', () => {
  test('fits a telephone and a screen, in the dark too, without a request and without an error', async (context) => {
    const tab = tabOf(context)
    const at = desk(files)
    at.run('upgrade', 'a1')
    at.run('report', '--out', 'report.html')
    const backgrounds: string[] = []
    for (const width of [1280, 390])
      for (const scheme of ['light', 'dark'] as const) {
        expect(await problemsOf(tab, pathIn(at, 'report.html'), width, scheme), `${width} ${scheme}`).toEqual([])
        backgrounds.push(await tab.evaluate<string>('getComputedStyle(document.body).backgroundColor'))
      }
    expect(backgrounds).toEqual(['rgb(255, 255, 255)', 'rgb(13, 17, 23)', 'rgb(255, 255, 255)', 'rgb(13, 17, 23)'])
  })

  test('reads files alone for a range, or where that is said; what is pending needs the database', async (context) => {
    const tab = tabOf(context)
    const at = desk(files)
    const unreachable = { env: { APP_URL: 'sqlite:./package.json' } }
    expect(at.project.run(['report', '--out', 'a.html'], unreachable)).toMatchObject({ code: 1 })
    expect(existsSync(pathIn(at, 'a.html'))).toBe(false)
    for (const args of [['a1:b1'], ['a1:head', '--no-database']]) {
      const { code, stderr } = at.project.run(['report', ...args, '--out', 'range.html'], unreachable)
      expect(code, stderr).toBe(0)
      const { problems, sections, whole } = await read(tab, pathIn(at, 'range.html'))
      expect(problems).toEqual([])
      expect(whole).toContain('from the files alone')
      expect(sections.Plan).toMatch(/1\. upgrade b1 people are born loses data/)
      expect(sections['Lost and preserved']).toContain(
        'column people.age: values dropped, not preserved; how many is known when it runs',
      )
      expect(Object.keys(sections)).not.toContain('History')
    }
    expect(at.run('report', 'a1:b1:c1').stderr).toContain('a1:b1:c1 is no range')
    expect(at.run('report', 'current:b1', '--no-database').stderr).toContain('--no-database reads none')
    expect(at.json('report', 'zz:head')).toMatchObject({ error: { code: 'UNKNOWN_REVISION' } })
  })

  test('shows hostile names and messages as they are, and no password', async (context) => {
    const tab = tabOf(context)
    const name = `x</script><script>document.title='taken'</script>"'\u2028&`
    const at = desk({
      ...files,
      'migrations/b1_second.ts': revision(
        'b1',
        'a1',
        `  op.createTable(${JSON.stringify(name)}, (t) => {
    t.column('"><img src=x onerror=alert(1)>', integer(), { nullable: false })
    t.primaryKey(['"><img src=x onerror=alert(1)>'])
  })
  op.sql("UPDATE people SET nick = 'postgres://u:hunter22@h/db </pre><script>alert(2)</script>'")`,
      ),
    })
    at.run('upgrade', 'a1')
    // A password may equal a word of ours.
    const env = { ...at.env, DATABASE_PASSWORD: 'pending', PGPASSWORD: 'people' }
    const { code, stderr } = at.project.run(['report', '--out', 'report.html'], { env })
    expect(code, stderr).toBe(0)
    const { problems, whole } = await read(tab, pathIn(at, 'report.html'))
    expect(problems).toEqual([])
    expect(await tab.evaluate('document.querySelectorAll(\'script, img, a:not([href^="#"])\').length')).toBe(0)
    expect(await tab.evaluate('document.title')).toContain('Migration report')
    expect(await tab.evaluate("document.querySelectorAll('.graph b.pending').length")).toBe(1)
    expect(whole).toContain(`x</script><script>document.title='taken'</script>"'\\u2028&`)
    expect(whole).toContain('postgres://u:***@h/db </pre><script>alert(2)</script>')
    const text = readFileSync(pathIn(at, 'report.html'), 'utf8')
    expect(text).not.toMatch(/hunter22|\bpeople\b|\u2028/)
  })

  test('where no plan can be made it says nothing about what would run or be lost', async (context) => {
    const tab = tabOf(context)
    const at = desk(files)
    at.run('upgrade', 'a1')
    at.project.put({ 'migrations/b1_second.ts': `${files['migrations/b1_second.ts']}\nconst none = none` })
    expect(at.run('report', '--out', 'report.html').code).toBe(0)
    const { cards, sections } = await read(tab, pathIn(at, 'report.html'))
    expect(cards).toContain('nonethe plan')
    expect(cards.join()).not.toMatch(/to run|losses of data/)
    const unknown = 'It is not known what would run: the plan could not be made.'
    expect([sections.Plan, sections['Lost and preserved']]).toEqual([
      expect.stringContaining(unknown),
      expect.stringContaining(unknown),
    ])
  })

  test('a run that fails leaves a page as well, and a page that cannot be written stops it before it begins', async (context) => {
    const tab = tabOf(context)
    const at = desk({ ...files, 'migrations/b1_second.ts': revision('b1', 'a1', "  op.sql('SELECT * FROM nowhere')") })
    writeFileSync(pathIn(at, 'notes.html'), 'mine')
    for (const out of ['notes.html', 'none/run.html']) {
      expect(at.run('upgrade', '--report', out).stderr).toContain('FILE_NOT_WRITTEN')
      expect(await at.tables()).toEqual([])
    }
    const { code, stderr } = at.run('upgrade', '--report', 'run.html')
    expect(code).toBe(1)
    expect(stderr).toContain('the report of the failed run is in')
    const { cards, sections, whole } = await read(tab, pathIn(at, 'run.html'))
    expect(whole).toContain('The run ended with an error')
    expect(whole).toContain('nowhere')
    expect(cards).toContain('2 revisionsended with an error')
    expect(sections['What ran']).toMatch(/2\. upgrade b1 .*failed/)
    expect(at.run('upgrade', '--report', 'run.html', '--sql').stderr).toContain('--report does not go with --sql')
    expect(at.json('upgrade', 'a1', '--report', 'run.html')).toMatchObject({ ok: true, report: pathIn(at, 'run.html') })
  })

  test('a page about 5,000 tables has less than two million bytes, and draws those that change', async () => {
    const columns = Array.from({ length: 8 }, (_, at) => `"column_${at}" varchar(200) NOT NULL DEFAULT 'nothing'`)
    const operations = Array.from({ length: 5000 }, (_, at) => ({
      describe: `create table t${at}`,
      operation: { kind: 'sql', text: '', inverse: 'none' } as never,
      statements: [{ sql: `CREATE TABLE "t${at}" (\n  ${columns.join(',\n  ')}\n)`, transaction: 'any' as const }],
    }))
    const step = { tier: 'main', revision: 'a1', message: 'all', source: 'a1.ts', direction: 'up' as const }
    const plan: Plan = {
      ...({ version: 2, dialect: 'sqlite', database: '', tier: 'main', target: 'heads', direction: 'up' } as const),
      ...({ from: [], to: [{ tier: 'main', heads: ['a1'] }], transaction: 'revision', warnings: [] } as const),
      steps: [{ ...step, removed: [], added: ['a1'], operations, losses: [], notes: [] }],
    }
    const names = Array.from({ length: 5000 }, (_, at) => `t${at}`)
    const tables = names.map((name) => ({ name, columns: [], key: [] }))
    const references = [{ from: 7, to: 8, columns: ['a'], references: ['a'], isOptional: false, isUnique: false }]
    const changed = tables.map((table, at) => (at === 7 ? { ...table, mark: 'altered' as const } : table))
    const limited = limitPicture({ tables: changed, references, enums: [] })
    expect(limited.picture.tables.map(({ name }) => name)).toEqual(['t7', 't8'])
    expect(limited.picture.references.map(({ from, to }) => [from, to])).toEqual([[0, 1]])
    expect(limited.note).toContain('Drawn: 2 tables of 5,000, those that change and their neighbours.')
    const all = limitPicture({ tables: tables.map((table) => ({ ...table, mark: 'added' })), references, enums: [] })
    expect(all.picture.tables).toHaveLength(100)
    expect(limitPicture({ tables, references, enums: [] }).picture.tables).toEqual([])

    const page = reportPage({
      ...{ title: 'x', verdict: 'x', createdAt: '2026-01-01T00:00:00.000Z', tool: '1', dialect: 'sqlite' },
      ...{ from: 'base', to: 'a1', isRun: false, stepCount: 1, warnings: [], problems: [] },
      steps: stepsOfPlan(plan, { locks: [], history: [] }),
      history: names.map((name) => ({
        ...{ tier: 'main', revision: name, direction: 'up' as const, finishedAt: '2026-01-01T00:00:00.000Z' },
        ...{ durationMs: 1, host: 'h', user: 'u', textHash: 'a'.repeat(64) },
      })),
      diagram: { picture: { tables: changed.slice(7, 8), references: [], enums: [] }, notes: [] },
    })
    expect(Buffer.byteLength(page)).toBeLessThan(2_000_000)
    expect(page).toContain('3,500 more operations not shown')
    expect(page).toContain('4,500 more rows not shown')
    expect(page).not.toMatch(/<details[^>]* open/)
  })
})
