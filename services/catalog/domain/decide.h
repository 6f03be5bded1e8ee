#pragma once

#include "services/catalog/domain/machine.h"
