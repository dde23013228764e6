import { autogenerateMutants } from './autogenerate.ts'
import { chainMutants } from './chain.ts'
import { executeMutants } from './execute.ts'
import { graphMutants } from './graph.ts'
import { lockMutants } from './lock.ts'
import type { Mutant } from './mutant.ts'
import { mysqlMutants } from './mysql.ts'
import { operationMutants } from './operations.ts'
import { postgresMutants } from './postgres.ts'
import { programMutants } from './program.ts'
import { rebuildMutants } from './rebuild.ts'
import { segmentMutants } from './segments.ts'
import { sessionMutants } from './session.ts'
import { sqliteMutants } from './sqlite.ts'
import { startMutants } from './start.ts'
import { teamMutants } from './team.ts'

/** All defects; `npm run test:mutants` puts them in, one at a time. */
export const mutants: readonly Mutant[] = [
  ...graphMutants,
  ...operationMutants,
  ...rebuildMutants,
  ...sessionMutants,
  ...sqliteMutants,
  ...executeMutants,
  ...programMutants,
  ...chainMutants,
  ...segmentMutants,
  ...lockMutants,
  ...startMutants,
  ...postgresMutants,
  ...mysqlMutants,
  ...teamMutants,
  ...autogenerateMutants,
]
