export default {
  quoted: '“{{words}}”',
  verbatim: '{{text}}',
};
