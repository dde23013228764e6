import { executeIn } from '../../../unit/run/kit.ts'
import { command, projectOf, put } from '../program.ts'
import type { Sandbox, Scenario } from '../scenario.ts'
import { argumentsCase, up } from './programs-kit.ts'

const configured = (sandbox: Sandbox, more: string): void =>
  put(sandbox, 'migrate.config.ts', `export default { url: 'sqlite:./app.db', migrations: './migrations', ${more} }\n`)
const seeded = (sandbox: Sandbox): void => configured(sandbox, 'seed: async (db) => void (await db.query("SELECT 1"))')
const seedFile = (sandbox: Sandbox, text: string): void => void projectOf(sandbox, { 'seeds/1.ts': text })

/** Advice of the commands of development. */
export const daily: { readonly [advice: string]: readonly Scenario[] } = {
  'Correct the seed, or `seed` in the configuration.': [
    {
      follows: '',
      before: (sandbox) => {
        up(sandbox)
        configured(sandbox, "seed: './seeds'")
        seedFile(sandbox, 'export default 1\n')
      },
      call: (sandbox) => command(sandbox, 'seed'),
      // A module that was imported in this process stays as it was.
      follow: (sandbox) => {
        projectOf(sandbox, { 'others/1.ts': 'export default async () => {}\n' })
        configured(sandbox, "seed: './others'")
      },
    },
  ],
  "Write `seed: './seeds'` into it, a folder of modules, or a function.": [
    {
      follows: '',
      before: up,
      call: (sandbox) => command(sandbox, 'seed'),
      follow: (sandbox) => {
        projectOf(sandbox, { 'seeds/1.ts': 'export default async () => {}\n' })
        configured(sandbox, "seed: './seeds'")
      },
    },
  ],
  'Run `migrate upgrade`, then `migrate seed`.': [
    { follows: '', before: seeded, call: (sandbox) => command(sandbox, 'seed'), follow: up },
  ],
  'Check which database the configuration names.': [
    argumentsCase(['reset', '--confirm', 'other.db'], ['reset', '--confirm', 'app.db'], up),
  ],
  'Add --confirm ….': [argumentsCase(['reset'], ['reset', '--confirm', 'app.db'], up)],
  'Drop what refers to it, or run `migrate reset --everything`.': [
    argumentsCase(['reset', '--confirm', 'app.db'], ['reset', '--everything', '--confirm', 'app.db'], (sandbox) => {
      up(sandbox)
      executeIn(projectOf(sandbox).database, 'CREATE TABLE other (t INTEGER REFERENCES t (id))')
    }),
  ],
}
