import { fileURLToPath } from 'node:url'

// The library is installed two folders above this app.
const root = fileURLToPath(new URL('../..', import.meta.url))

export default { turbopack: { root }, outputFileTracingRoot: root }
