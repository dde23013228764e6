import { counts } from '../../kit/scale.ts'
import { postgresCases } from './postgres/index.ts'
import { casesOnServer, majorOf } from './servers.ts'

casesOnServer(
  'postgres-next',
  postgresCases.filter(({ since }, at) => since !== undefined || at % counts.caseOnNextEvery === 0),
  await majorOf('postgres-next'),
)
