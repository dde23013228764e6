import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Random } from '../../kit/random.ts'
import { emptyAll, heldOf, missingOf, type SqlGround } from '../../unit/conservation/catalogue.ts'
import { drawInserts } from '../../unit/conservation/writes.ts'
import type { Desk } from '../daily/kit.ts'
import type { Finished } from '../project.ts'
import { type Declared, drawEdit, schemaText } from './edits.ts'

/** What happens in one life. */
export const acts = 20

/** A database of the project, and the values that it has to have. */
interface Member extends SqlGround {
  readonly called: string
  readonly url: string
  readonly values: Set<string>
}

const killable = new Set(['dev', 'upgrade', 'downgrade', 'revision', 'squash', 'push'])
const reading = [
  ['status'],
  ['history'],
  ['plan'],
  ['doctor'],
  ['preserved', 'list'],
  ['graph'],
  ['check', '--no-database'],
  ['check', '--branches'],
  ['report'],
]

/**
 * The life of one project: a developer changes its schema file and calls commands, on a database of development and on one of production, with rows
 * that come meanwhile; some commands are killed and called again. No value may get lost unless a flag allows it, and the files make the
 * schema that the databases have.
 */
export class ProjectLife {
  readonly #desk: Desk
  readonly #from: Random
  readonly #log: string[]
  readonly #own: Member
  readonly #production: Member
  readonly #empty: Member
  #declared: Declared = new Map()
  #last = 0

  constructor(desks: readonly [Desk, Desk, Desk], name: SqlGround['name'], from: Random, log: string[]) {
    const [own, production, empty] = desks.map((desk, at): Member => {
      const url = desk.env.APP_URL ?? `sqlite:${desk.project.database}`
      return { called: `database ${at}`, name, url, sql: desk.sql, values: new Set() }
    })
    if (own === undefined || production === undefined || empty === undefined) throw new Error('three databases')
    ;[this.#own, this.#production, this.#empty] = [own, production, empty]
    ;[this.#desk, this.#from, this.#log] = [desks[0], from, log]
  }

  #next = (): number => (this.#last += 1)

  /** A prototype is pushed, or the first revision is made at once. */
  async begin(): Promise<void> {
    this.#edit()
    this.#edit()
    if (this.#from.chance(0.6)) return this.#require(await this.#ask(['dev']))
    for (let turn = this.#from.int(1, 5); turn > 0; turn -= 1) {
      const before = this.#declared
      if ((await this.#ask(['push', ...this.#edit()])).code !== 0) this.#declare(before)
      this.#require(await this.#run(this.#own, ['push', '--allow-destructive', '--no-renames']))
      await this.#insert(this.#own)
    }
    this.#require(await this.#run(this.#own, ['revision', '--autogenerate', '-m', 'first']))
    this.#require(await this.#run(this.#own, ['upgrade']))
  }

  /** One thing that happens. */
  async act(): Promise<void> {
    const member = this.#from.pick([this.#own, this.#production])
    await this.#from.weighted<() => Promise<unknown>>([
      [5, () => this.#develop()],
      [3, () => this.#amend()],
      [3, () => this.#insert(member)],
      [2, () => this.#run(this.#production, ['upgrade'])],
      [3, () => this.#goBack(member)],
      [1, () => this.#squash()],
      [1, () => this.#branch()],
      [1, () => this.#run(member, this.#from.pick(reading))],
      [1, async () => this.#require(await this.#run(this.#own, ['test']))],
    ])()
  }

  /** The files make the schema that is declared, and that the database of development has. */
  async end(): Promise<void> {
    const [own, empty] = [this.#own, this.#empty]
    for (const member of [own, empty]) {
      this.#require(await this.#run(member, ['upgrade']))
      this.#require(await this.#run(member, ['check']))
    }
    this.#require(await this.#run(own, ['diff', own.url, empty.url, '--exit-code']))
  }

  #require({ code }: Finished): void {
    if (code !== 0) throw new Error(`${this.#log.at(-1)}: it ends with ${code}`)
  }

  #declare(declared: Declared): void {
    this.#declared = declared
    this.#desk.project.put({ 'schema.ts': schemaText(declared) })
  }

  /** Gives the flags that answer for it. */
  #edit(): readonly string[] {
    const { what, after, flags } = drawEdit(this.#declared, this.#from, this.#next)
    this.#log.push(`edit: ${what}`)
    this.#declare(after)
    return flags
  }

  /** Runs a command of the project, sometimes after one that was killed. Throws for what no command may do. */
  async #run(member: Member, args: readonly string[]): Promise<Finished> {
    const { project } = this.#desk
    const env = { APP_URL: member.url }
    const isLossy = args.includes('--allow-destructive') || args.includes('--allow-data-loss')
    if (killable.has(args[0] ?? '') && this.#from.chance(0.12)) {
      const ms = this.#from.int(150, 1500)
      this.#log.push(`${member.called}: ${args.join(' ')}, killed after ${ms} ms`)
      const started = project.start(args, { env })
      await new Promise((resolve) => setTimeout(resolve, ms))
      await started.kill()
      await this.#conserved(member, isLossy)
    }
    const finished = project.run(args, { env })
    const printed = finished.stderr + finished.stdout
    const shown = finished.code === 0 ? '' : `\n${printed.slice(0, 1500)}`
    this.#log.push(`${member.called}: ${args.join(' ')}: ${finished.code}${shown}`)
    if (![0, 1, 2, 3].includes(finished.code ?? -1)) throw new Error(`it ends with ${finished.code}`)
    if (/INTERNAL|DRIFT|undefined|\[object|\n\s+at .*\.js:\d+/.test(printed)) throw new Error(`it prints: ${printed}`)
    await this.#conserved(member, isLossy)
    return finished
  }

  async #conserved(member: Member, isLossy: boolean): Promise<void> {
    const missing = await missingOf(member, member.values)
    if (missing.length > 0 && !isLossy) throw new Error(`lost: ${missing.join(', ')}`)
    for (const value of missing) member.values.delete(value)
  }

  /** With the values that it asks for. */
  async #ask(args: readonly string[]): Promise<Finished> {
    const finished = await this.#run(this.#own, args)
    if (!finished.stderr.includes('REVISION_INCOMPLETE')) return finished
    const names = new Set([...finished.stderr.matchAll(/^ +(t\d+\.c\d+):/gm)].map(([, name]) => name))
    return this.#run(this.#own, [...args, ...[...names].flatMap((name) => ['--fill', `${name}='filled'`])])
  }

  async #insert(member: Member): Promise<void> {
    for (const choice of await drawInserts(member, this.#from, this.#next)) {
      for (const { text, values } of choice) {
        const refused = await member.sql(text).then(
          () => false,
          () => true,
        )
        if (refused) continue
        this.#log.push(`${member.called}: ${text}`)
        for (const value of await heldOf(member, values)) member.values.add(value)
        break
      }
    }
  }

  /** What is declared becomes a revision. What rows refuse for good is taken back, and where it was written, the rows are deleted. */
  async #develop(): Promise<void> {
    const before = this.#declared
    if ((await this.#ask(['dev', ...this.#edit()])).code === 0) return
    if ((await this.#run(this.#own, ['upgrade'])).code !== 0) {
      await this.#delete(this.#own)
      this.#require(await this.#run(this.#own, ['upgrade']))
    }
    if ((await this.#run(this.#own, ['check'])).code === 0) return
    this.#declare(before)
    this.#require(await this.#run(this.#own, ['check']))
  }

  async #delete(member: Member): Promise<void> {
    this.#log.push(`${member.called}: delete all rows`)
    await emptyAll(member)
    for (const value of await missingOf(member, member.values)) member.values.delete(value)
  }

  #headOf(member: Member): unknown {
    return this.#desk.project.json(['current'], { env: { APP_URL: member.url } })
  }

  /** Unless the last revision is deployed. Where it is refused the old schema leads back. */
  async #amend(): Promise<void> {
    if (isDeepStrictEqual(this.#headOf(this.#own), this.#headOf(this.#production))) return
    const before = this.#declared
    const lossy = this.#from.chance(0.5) ? ['--allow-data-loss', '--allow-destructive'] : []
    const amend = ['revision', '--amend']
    if ((await this.#ask([...amend, ...new Set([...this.#edit(), ...lossy])])).code !== 0) {
      this.#declare(before)
      await this.#run(this.#own, [...amend, '--allow-destructive', '--no-renames'])
      // A revision that was squashed before is refused, and waits to be recorded.
      await this.#run(this.#own, ['upgrade'])
      this.#require(await this.#run(this.#own, ['check']))
    }
    await this.#run(this.#own, ['upgrade'])
  }

  async #goBack(member: Member): Promise<void> {
    const lossy = this.#from.chance(0.4) ? ['--allow-data-loss'] : []
    await this.#run(member, ['downgrade', this.#from.pick(['--last-run', '-1', '-2', 'base']), ...lossy])
    if (this.#from.chance(0.5)) await this.#insert(member)
    await this.#run(member, ['upgrade'])
  }

  /** The first revisions become one; once both databases are past it the old files go. */
  async #squash(): Promise<void> {
    const last = this.#ids()[this.#from.int(1, 3)]
    if (last === undefined) return
    await this.#run(this.#own, ['squash', `base:${last}`])
    if (this.#from.chance(0.5)) return
    for (const member of [this.#production, this.#own]) await this.#run(member, ['upgrade'])
    await this.#run(this.#own, ['squash', '--prune', '--on', this.#production.url])
  }

  /** A second line, which is merged or rebased. */
  async #branch(): Promise<void> {
    const [parent, head] = this.#ids().slice(-2)
    if (parent === undefined || head === undefined) return
    const id = this.#next().toString(16).padStart(12, '0')
    await this.#run(this.#own, ['revision', '-m', 'side', '--head', parent, '--splice', '--rev-id', id])
    const joined = this.#from.chance(0.5) ? ['merge', 'heads'] : ['rebase', id, '--onto', head]
    await this.#run(this.#own, joined)
    this.#require(await this.#run(this.#own, ['upgrade']))
  }

  /** In the order in which they were made. */
  #ids(): readonly string[] {
    return readdirSync(join(this.#desk.project.folder, 'migrations'))
      .filter((name) => name.endsWith('.ts'))
      .toSorted()
      .flatMap((name) => /_([0-9a-f]{12})_/.exec(name)?.slice(1, 2) ?? [])
  }
}
