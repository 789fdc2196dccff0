"""Answers for a source archive that pip downloads: its metadata is in PKG-INFO already."""

import os
import shutil
from email.parser import Parser


def prepare_metadata_for_build_wheel(folder, config_settings=None):
    with open('PKG-INFO', encoding='utf-8') as file:
        metadata = Parser().parse(file)
    name = f'{metadata["Name"].replace("-", "_")}-{metadata["Version"]}.dist-info'
    os.makedirs(os.path.join(folder, name))
    shutil.copy('PKG-INFO', os.path.join(folder, name, 'METADATA'))
    return name


def build_wheel(folder, config_settings=None, metadata_folder=None):
    raise RuntimeError('nothing is built here')
