import { concurrency } from './concurrency.ts'
import { death } from './death.ts'
import { history } from './history.ts'
import { network } from './network.ts'
import { rest } from './rest.ts'
import type { Row } from './row.ts'
import { servers } from './servers.ts'

/** Everything that can go wrong, as it is numbered in the design. */
export const rows: readonly Row[] = [...death, ...servers, ...network, ...concurrency, ...history, ...rest]
