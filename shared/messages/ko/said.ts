export default {
  quoted: '“{{words}}”',
};
