import { counts } from '../../kit/scale.ts'
import { coverageOf } from './coverage.ts'
import { mysqlGrid } from './mysql/grid.ts'
import { mysqlCases } from './mysql/index.ts'
import { isParted } from './run.ts'
import { casesOnServer } from './servers.ts'

const { sequence: _, ...grid } = mysqlGrid
// MySQL has no sequences.
coverageOf(
  'MySQL',
  mysqlCases.filter(({ only }) => only !== 'mariadb'),
  grid,
)
casesOnServer(
  'mysql',
  mysqlCases.filter((each, at) => isParted(each) || at % counts.caseOnMysqlEvery === 0),
)
