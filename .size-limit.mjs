/** As an edge platform bundles it: the transport over fetch, no Node. */
const onTheEdge = (config) => ({
  ...config,
  platform: 'browser',
  conditions: ['edge-light'],
  // Not the repository's own, which names the source of the transport.
  tsconfigRaw: {},
})

// biome-ignore lint/style/noDefaultExport: size-limit reads it
export default [
  {
    name: 'create and wait',
    path: 'dist/index.js',
    import: '{ RunApiClient }',
    limit: '39 kB',
    brotli: true,
    modifyEsbuildConfig: onTheEdge,
  },
  {
    name: 'verify webhooks',
    path: 'dist/webhooks/index.js',
    import: '{ verifyWebhook, WebhookVerificationError }',
    limit: '3.9 kB',
    brotli: true,
    modifyEsbuildConfig: onTheEdge,
  },
  {
    name: 'everything in `runapi-video`',
    path: 'dist/index.js',
    import: '*',
    limit: '40.2 kB',
    brotli: true,
    modifyEsbuildConfig: onTheEdge,
  },
]
