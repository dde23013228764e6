import { it } from 'vitest'
import { counts } from '../../../kit/scale.ts'
import { describeOnDialects } from '../../../kit/servers.ts'
import { cases, setup } from './cases.ts'
import { proveRecreated, withRole } from './kit.ts'

describeOnDialects(['postgres', 'postgres-next'], 'what is created again', (createDatabase, server) => {
  for (const [at, [name, one]] of Object.entries(cases).entries()) {
    if (server === 'postgres-next' && at % counts.recreatedCaseOnNextEvery !== 0) continue
    it(`is what it was in every line of a dump: ${name}`, async () => {
      const database = await createDatabase()
      await withRole(database, (role) => proveRecreated(database, setup(role), one))
    })
  }
})
