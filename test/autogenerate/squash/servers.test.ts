import { test } from 'vitest'
import { counts } from '../../kit/scale.ts'
import { describeOnEach } from '../../kit/servers.ts'
import { dialectOf } from '../../unit/backup/kit.ts'
import { proveDiamonds } from './diamonds.ts'

describeOnEach(['postgres', 'mariadb', 'mysql'], 'the proof of a squashed revision', (createDatabase) => {
  test('takes random graphs with diamonds', async () => {
    const database = await createDatabase()
    await proveDiamonds(() => dialectOf(database), counts.squashedGraphs)
  })
})
