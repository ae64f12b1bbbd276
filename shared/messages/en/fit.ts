/** “Will it run here?” */
export default {
  factsUnknown: 'Nothing is known of this cluster yet.',
  connectOnce: 'Connect to it once.',
  modulesUnknown: 'Which modules the cluster has is not known yet.',
  openModules: 'Open the cluster’s page of modules once.',
  noModuleCommand: 'The cluster has no module command, and the template loads modules.',
  takeModulesOut: 'Take the modules out of the template, or use an image.',
  moduleMissing: 'The cluster has no module “{{name}}”.',
  otherClusterOrName: 'Another cluster may have it, or it has another name here.',
  moduleInstead: 'It has {{name}}.',
  imagesUnknown: 'Which images the cluster has is not known yet.',
  openImages: 'Open the list of its images once.',
  noImages: 'The cluster has no images in its image folders.',
  putImage: 'Put an image there, or name other folders in the cluster’s settings.',
  noneOfImages: 'The cluster has none of the template’s images: {{names}}.',
  putTheImage: 'Put the image into one of its image folders, or allow another.',
} as const;
