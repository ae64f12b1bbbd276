/** How the words of others stand in our sentences. */
export default {
  quoted: '“{{words}}”',
  verbatim: '{{text}}',
} as const;
